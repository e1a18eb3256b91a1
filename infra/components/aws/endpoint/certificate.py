"""A certificate for a public name, which AWS renews by itself."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws


@dataclass(frozen=True, kw_only=True)
class CertificateArgs:
    """What a certificate is made of.

    Args:
        zone_id: a zone of Route 53 that the world asks.
        name: a name in that zone.
    """

    zone_id: pulumi.Input[str]
    name: str


class Certificate(pulumi.ComponentResource):
    """A certificate of ACM. The record that proves the name stays in the zone: each renewal asks for it."""

    arn: pulumi.Output[str]

    def __init__(self, name: str, args: CertificateArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("bookstore:aws:Certificate", name, None, opts)
        child_opts = pulumi.ResourceOptions(parent=self)
        certificate = aws.acm.Certificate(
            name, domain_name=args.name, validation_method="DNS", opts=child_opts
        )
        proof = certificate.domain_validation_options[0]
        record = aws.route53.Record(
            f"{name}-proof",
            zone_id=args.zone_id,
            name=proof.resource_record_name,
            type=proof.resource_record_type,
            records=[proof.resource_record_value],
            ttl=60,
            # Another stack's certificate for the same name is proved by the same record.
            allow_overwrite=True,
            opts=child_opts,
        )
        self.arn = aws.acm.CertificateValidation(
            name, certificate_arn=certificate.arn, validation_record_fqdns=[record.fqdn], opts=child_opts
        ).certificate_arn
        self.register_outputs({"arn": self.arn})
