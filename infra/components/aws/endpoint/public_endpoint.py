"""The public way in: a load balancer with HTTPS, under a name of one's own or under CloudFront's."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.components.aws.endpoint.certificate import Certificate, CertificateArgs
from infra.components.aws.endpoint.distribution import Distribution, DistributionArgs
from infra.components.aws.endpoint.domain import Route53
from infra.components.aws.endpoint.load_balancer import (
    HealthCheck,
    HttpsListener,
    LoadBalancer,
    LoadBalancerArgs,
    OriginListener,
)
from infra.components.aws.endpoint.web_acl import Scope, WebAcl, WebAclArgs
from infra.components.aws.network.edges import HTTP, HTTPS, INTERNET, CidrBlock, PrefixList
from infra.components.aws.network.network import NetworkRef
from infra.components.password import random_password

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
        rate: how many requests one address may send in five minutes; None for no web_acl.
    """

    network: NetworkRef
    domain: Route53 | None
    port: int
    health_check: HealthCheck
    cached_paths: Sequence[str] = ()
    rate_limit: int | None


class PublicEndpoint(pulumi.ComponentResource):
    """HTTPS for the targets of a load balancer.

    The stage draws the edges `clients` -> way in, on `ports`, and way in -> targets. Behind it an application
    finds the visitor's address in X-Forwarded-For after `proxies` trusted hops, and behind CloudFront the
    visitor's protocol in CloudFront-Forwarded-Proto: ALB writes its own into X-Forwarded-Proto.
    """

    url: pulumi.Output[str]
    load_balancer: LoadBalancer
    clients: CidrBlock | PrefixList
    ports: Sequence[int]
    trusted_proxies: int
    security_group_id: pulumi.Output[str]

    def __init__(
        self, name: str, args: PublicEndpointArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("bookstore:aws:PublicEndpoint", name, None, opts)
        self._name, self._args = name, args
        host = self._through_cloudfront() if args.domain is None else self._directly(args.domain)
        self.url = pulumi.Output.concat("https://", host)
        self.security_group_id = self.load_balancer.security_group_id
        self.register_outputs({"url": self.url, "security_group_id": self.security_group_id})

    def _directly(self, domain: Route53) -> pulumi.Output[str]:
        child_opts = pulumi.ResourceOptions(parent=self)
        zone_id = aws.route53.get_zone_output(
            name=domain.zone, opts=pulumi.InvokeOutputOptions(parent=self)
        ).zone_id
        certificate = Certificate(self._name, CertificateArgs(zone_id=zone_id, name=domain.name), child_opts)
        self.load_balancer = self._load_balancer(HttpsListener(certificate_arn=certificate.arn))
        self.clients, self.ports, self.trusted_proxies = INTERNET, (HTTP, HTTPS), 1
        record = aws.route53.Record(
            self._name,
            zone_id=zone_id,
            name=domain.name,
            type="A",
            aliases=[
                aws.route53.RecordAliasArgs(
                    name=self.load_balancer.dns_name,
                    zone_id=self.load_balancer.zone_id,
                    evaluate_target_health=False,
                )
            ],
            opts=child_opts,
        )
        if (web_acl := self._web_acl(Scope.REGIONAL)) is not None:
            web_acl.associate(self._name, self.load_balancer.arn)
        return record.name

    def _through_cloudfront(self) -> pulumi.Output[str]:
        child_opts = pulumi.ResourceOptions(parent=self)
        key = random_password(f"{self._name}-key", 40, child_opts)
        self.load_balancer = self._load_balancer(OriginListener(key=key))
        addresses = aws.ec2.get_managed_prefix_list_output(
            name=CLOUDFRONT, opts=pulumi.InvokeOutputOptions(parent=self)
        )
        self.clients, self.ports, self.trusted_proxies = PrefixList("cloudfront", addresses.id), (HTTP,), 2
        web_acl = self._web_acl(Scope.CLOUDFRONT)
        return Distribution(
            self._name,
            DistributionArgs(
                origin_domain_name=self.load_balancer.dns_name,
                origin_key=key,
                cached_paths=self._args.cached_paths,
                web_acl_arn=web_acl.arn if web_acl is not None else None,
            ),
            child_opts,
        ).name

    def _load_balancer(self, listener: HttpsListener | OriginListener) -> LoadBalancer:
        args = self._args
        return LoadBalancer(
            self._name,
            LoadBalancerArgs(
                network=args.network,
                listener=listener,
                port=args.port,
                health_check=args.health_check,
            ),
            pulumi.ResourceOptions(parent=self),
        )

    def _web_acl(self, scope: Scope) -> WebAcl | None:
        if self._args.rate_limit is None:
            return None
        return WebAcl(
            self._name,
            WebAclArgs(scope=scope, rate_limit=self._args.rate_limit),
            pulumi.ResourceOptions(parent=self),
        )
