"""A public HTTPS endpoint: a load balancer with a domain, or behind CloudFront."""

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

# The prefix list of CloudFront's addresses. It counts as 55 of the 60 rules that a security group may have,
# so only one rule can use it.
CLOUDFRONT = "com.amazonaws.global.cloudfront.origin-facing"


@dataclass(frozen=True, kw_only=True)
class PublicEndpointArgs:
    """Arguments for `PublicEndpoint`.

    Args:
        network: one with two public subnets at least.
        domain: the site's name, for which ACM issues a certificate. None puts CloudFront in front of the load
            balancer, which then accepts no other client.
        port: of the targets, which serve HTTP there.
        health_check: how the load balancer checks its targets.
        cached_paths: paths that CloudFront may cache, such as `/static/*`.
        rate_limit: how many requests WAF allows one address in five minutes; None for no WAF.
    """

    network: NetworkRef
    domain: Route53 | None
    port: int
    health_check: HealthCheck
    cached_paths: Sequence[str] = ()
    rate_limit: int | None


class PublicEndpoint(pulumi.ComponentResource):
    """HTTPS for the targets of a load balancer.

    The stage draws the edges `clients` -> endpoint, on `ports`, and endpoint -> targets. An application
    finds the client's address in X-Forwarded-For after `trusted_proxies` hops. Behind CloudFront, the
    client's protocol is in CloudFront-Forwarded-Proto, since ALB sets X-Forwarded-Proto to its own.
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
        hostname = self._with_cloudfront() if args.domain is None else self._with_domain(args.domain)
        self.url = pulumi.Output.concat("https://", hostname)
        self.security_group_id = self.load_balancer.security_group_id
        self.register_outputs({"url": self.url, "security_group_id": self.security_group_id})

    def _with_domain(self, domain: Route53) -> pulumi.Output[str]:
        child_opts = pulumi.ResourceOptions(parent=self)
        zone_id = aws.route53.get_zone_output(
            name=domain.zone, opts=pulumi.InvokeOutputOptions(parent=self)
        ).zone_id
        certificate = Certificate(
            self._name, CertificateArgs(zone_id=zone_id, domain_name=domain.name), child_opts
        )
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

    def _with_cloudfront(self) -> pulumi.Output[str]:
        child_opts = pulumi.ResourceOptions(parent=self)
        key = random_password(f"{self._name}-key", self)
        self.load_balancer = self._load_balancer(OriginListener(key=key))
        prefix_list = aws.ec2.get_managed_prefix_list_output(
            name=CLOUDFRONT, opts=pulumi.InvokeOutputOptions(parent=self)
        )
        self.clients, self.ports, self.trusted_proxies = PrefixList("cloudfront", prefix_list.id), (HTTP,), 2
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
        ).domain_name

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
