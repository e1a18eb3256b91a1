"""TLS certificates for public names, which ACM renews."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws


@dataclass(frozen=True, kw_only=True)
class CertificateArgs:
    """Arguments for `Certificate`.

    Args:
        zone_id: a public hosted zone of Route 53.
        domain_name: a name in that zone.
    """

    zone_id: pulumi.Input[str]
    domain_name: str


class Certificate(pulumi.ComponentResource):
    """An ACM certificate. Its validation record stays in the zone, since each renewal checks it."""

    arn: pulumi.Output[str]

    def __init__(self, name: str, args: CertificateArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("bookstore:aws:Certificate", name, None, opts)
        child_opts = pulumi.ResourceOptions(parent=self)
        certificate = aws.acm.Certificate(
            name, domain_name=args.domain_name, validation_method="DNS", opts=child_opts
        )
        validation = certificate.domain_validation_options[0]
        record = aws.route53.Record(
            f"{name}-proof",
            zone_id=args.zone_id,
            name=validation.resource_record_name,
            type=validation.resource_record_type,
            records=[validation.resource_record_value],
            ttl=60,
            # Another stack's certificate for the same name has the same validation record.
            allow_overwrite=True,
            opts=child_opts,
        )
        self.arn = aws.acm.CertificateValidation(
            name, certificate_arn=certificate.arn, validation_record_fqdns=[record.fqdn], opts=child_opts
        ).certificate_arn
        self.register_outputs({"arn": self.arn})
