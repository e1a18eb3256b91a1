"""A public address and a DNS name for it."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.components.aws.endpoint.domain import Domain, DuckDns, Route53
from infra.components.aws.endpoint.duckdns import DuckDnsRecord


@dataclass(frozen=True, kw_only=True)
class PublicHostnameArgs:
    """Arguments for `PublicHostname`.

    Args:
        domain: where the name comes from.
    """

    domain: Domain


class PublicHostname(pulumi.ComponentResource):
    """An Elastic IP, which stays when its instance is replaced, and a DNS name for it."""

    name: pulumi.Output[str]
    address: pulumi.Output[str]
    allocation_id: pulumi.Output[str]

    def __init__(
        self, name: str, args: PublicHostnameArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("bookstore:aws:PublicHostname", name, None, opts)
        child_opts = pulumi.ResourceOptions(parent=self)
        elastic_ip = aws.ec2.Eip(name, domain="vpc", tags={"Name": name}, opts=child_opts)
        self.address = elastic_ip.public_ip
        self.allocation_id = elastic_ip.allocation_id
        match args.domain:
            case DuckDns(domain=domain, token=token):
                DuckDnsRecord(name, domain=domain, token=token, address=self.address, opts=child_opts)
                self.name = pulumi.Output.from_input(f"{domain}.duckdns.org")
            case Route53(zone=zone, name=record_name):
                zone_id = aws.route53.get_zone_output(
                    name=zone, opts=pulumi.InvokeOutputOptions(parent=self)
                ).zone_id
                aws.route53.Record(
                    name,
                    zone_id=zone_id,
                    name=record_name,
                    type="A",
                    ttl=60,
                    records=[self.address],
                    opts=child_opts,
                )
                self.name = pulumi.Output.from_input(record_name)
            case _:
                self.name = self.address.apply(lambda address: f"{address.replace('.', '-')}.sslip.io")
        self.register_outputs(
            {"name": self.name, "address": self.address, "allocation_id": self.allocation_id}
        )
