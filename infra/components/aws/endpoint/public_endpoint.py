"""The public way in: a load balancer with HTTPS, under a name of one's own or under CloudFront's."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
import pulumi_random as random

from infra.components.aws.endpoint.certificate import Certificate, CertificateArgs
from infra.components.aws.endpoint.distribution import Distribution, DistributionArgs
from infra.components.aws.endpoint.domain import Route53
from infra.components.aws.endpoint.load_balancer import (
    ByCertificate,
    ByKey,
    HealthCheck,
    LoadBalancer,
    LoadBalancerArgs,
)
from infra.components.aws.endpoint.web_acl import Guarded, WebAcl, WebAclArgs
from infra.components.aws.network.edges import HTTP, HTTPS, INTERNET, CidrBlock, PrefixList
from infra.components.aws.network.network import NetworkRef

# AWS's list of the addresses from which CloudFront asks. It counts as 55 of the 60 rules that a security
# group may have, so it can stand in one rule alone.
CLOUDFRONT = "com.amazonaws.global.cloudfront.origin-facing"


@dataclass(frozen=True, kw_only=True)
class PublicEndpointArgs:
    """What a way in is made of.

    Args:
        network: with two public subnets at least.
        domain: the name that becomes the site's, with a certificate from ACM; None puts CloudFront before the
            load balancer, which then admits nobody else.
        port: of the targets, where they speak HTTP.
        health: how targets are asked whether they are well.
        drain: seconds in which a target that goes away may finish what it was asked.
        cached: paths that CloudFront may keep, as `/static/*`.
        rate: how many requests one address may send in five minutes; None for no firewall.
    """

    network: NetworkRef
    domain: Route53 | None
    port: int
    health: HealthCheck
    drain: int = 30
    cached: Sequence[str] = ()
    rate: int | None


class PublicEndpoint(pulumi.ComponentResource):
    """HTTPS for the targets of a load balancer.

    The stage draws the edges `clients` -> way in, on `ports`, and way in -> targets. Behind it an application
    finds the visitor's address in X-Forwarded-For after `proxies` trusted hops, and behind CloudFront the
    visitor's protocol in CloudFront-Forwarded-Proto: ALB writes its own into X-Forwarded-Proto.
    """

    url: pulumi.Output[str]
    balancer: LoadBalancer
    clients: CidrBlock | PrefixList
    ports: Sequence[int]
    proxies: int
    security_group_id: pulumi.Output[str]

    def __init__(
        self, name: str, args: PublicEndpointArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("bookstore:aws:PublicEndpoint", name, None, opts)
        self._name, self._args = name, args
        host = self._through_cloudfront() if args.domain is None else self._directly(args.domain)
        self.url = pulumi.Output.concat("https://", host)
        self.security_group_id = self.balancer.security_group_id
        self.register_outputs({"url": self.url, "security_group_id": self.security_group_id})

    def _directly(self, domain: Route53) -> pulumi.Output[str]:
        child_opts = pulumi.ResourceOptions(parent=self)
        zone_id = aws.route53.get_zone_output(
            name=domain.zone, opts=pulumi.InvokeOutputOptions(parent=self)
        ).zone_id
        certificate = Certificate(self._name, CertificateArgs(zone_id=zone_id, name=domain.name), child_opts)
        self.balancer = self._load_balancer(ByCertificate(certificate_arn=certificate.arn))
        self.clients, self.ports, self.proxies = INTERNET, (HTTP, HTTPS), 1
        record = aws.route53.Record(
            self._name,
            zone_id=zone_id,
            name=domain.name,
            type="A",
            aliases=[
                aws.route53.RecordAliasArgs(
                    name=self.balancer.dns_name, zone_id=self.balancer.zone_id, evaluate_target_health=False
                )
            ],
            opts=child_opts,
        )
        if (firewall := self._firewall(Guarded.BALANCER)) is not None:
            firewall.guard(self._name, self.balancer.arn)
        return record.name

    def _through_cloudfront(self) -> pulumi.Output[str]:
        child_opts = pulumi.ResourceOptions(parent=self)
        key: pulumi.Output[str] = pulumi.Output.secret(
            random.RandomPassword(f"{self._name}-key", length=40, special=False, opts=child_opts).result
        )
        self.balancer = self._load_balancer(ByKey(key=key))
        addresses = aws.ec2.get_managed_prefix_list_output(
            name=CLOUDFRONT, opts=pulumi.InvokeOutputOptions(parent=self)
        )
        self.clients, self.ports, self.proxies = PrefixList("cloudfront", addresses.id), (HTTP,), 2
        firewall = self._firewall(Guarded.DISTRIBUTION)
        return Distribution(
            self._name,
            DistributionArgs(
                origin=self.balancer.dns_name,
                key=key,
                cached=self._args.cached,
                firewall_arn=firewall.arn if firewall is not None else None,
            ),
            child_opts,
        ).name

    def _load_balancer(self, admission: ByCertificate | ByKey) -> LoadBalancer:
        args = self._args
        return LoadBalancer(
            self._name,
            LoadBalancerArgs(
                network=args.network,
                admission=admission,
                port=args.port,
                health=args.health,
                drain=args.drain,
            ),
            pulumi.ResourceOptions(parent=self),
        )

    def _firewall(self, guarded: Guarded) -> WebAcl | None:
        if self._args.rate is None:
            return None
        return WebAcl(
            self._name,
            WebAclArgs(guarded=guarded, rate=self._args.rate),
            pulumi.ResourceOptions(parent=self),
        )
