"""CloudFront: HTTPS under a name of its own, near the visitors."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.components.aws.endpoint.load_balancer import ORIGIN_HEADER
from infra.components.aws.network.edges import HTTP, HTTPS

YEAR = 365 * 24 * 3600
# AWS's own policies have the same ids everywhere and for ever.
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
CACHE_NOTHING = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
# Everything that the visitor sent, and CloudFront-Forwarded-Proto, which tells HTTPS from HTTP.
FORWARD_EVERYTHING = "33f36d7e-f396-46d9-90e0-52428a34d9dc"
METHODS = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"]


@dataclass(frozen=True, kw_only=True)
class DistributionArgs:
    """What a distribution is made of.

    Args:
        origin: the name of the load balancer behind it, which speaks plain HTTP.
        key: what the header `ORIGIN_HEADER` tells the load balancer, a secret.
        cached: paths, as `/static/*`, that are the same for everybody and that the origin's Cache-Control
            may keep; of their query only `v` tells one from another, and cookies do not reach them.
        firewall_arn: of the WAF's list of rules in us-east-1; None for no firewall.
    """

    origin_domain_name: pulumi.Input[str]
    origin_key: pulumi.Output[str]
    cached_paths: Sequence[str]
    web_acl_arn: pulumi.Input[str] | None


class Distribution(pulumi.ComponentResource):
    """A CloudFront distribution with CloudFront's own certificate, so that HTTPS needs no domain."""

    name: pulumi.Output[str]
    id: pulumi.Output[str]

    def __init__(self, name: str, args: DistributionArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("bookstore:aws:Distribution", name, None, opts)
        child_opts = pulumi.ResourceOptions(parent=self)
        distribution = aws.cloudfront.Distribution(
            name,
            enabled=True,
            is_ipv6_enabled=True,
            http_version="http2and3",
            # North America and Europe, the cheapest; people elsewhere are served from there.
            price_class="PriceClass_100",
            origins=[
                aws.cloudfront.DistributionOriginArgs(
                    origin_id="balancer",
                    domain_name=args.origin_domain_name,
                    custom_origin_config=aws.cloudfront.DistributionOriginCustomOriginConfigArgs(
                        http_port=HTTP,
                        https_port=HTTPS,
                        # No authority certifies the load balancer's own name; the key keeps others out.
                        origin_protocol_policy="http-only",
                        origin_ssl_protocols=["TLSv1.2"],
                        origin_read_timeout=30,
                        # Below the 60 s after which the load balancer closes a connection.
                        origin_keepalive_timeout=55,
                    ),
                    custom_headers=[
                        aws.cloudfront.DistributionOriginCustomHeaderArgs(
                            name=ORIGIN_HEADER, value=args.origin_key
                        )
                    ],
                )
            ],
            default_cache_behavior=aws.cloudfront.DistributionDefaultCacheBehaviorArgs(
                target_origin_id="balancer",
                viewer_protocol_policy="redirect-to-https",
                allowed_methods=METHODS,
                cached_methods=["GET", "HEAD"],
                cache_policy_id=CACHE_NOTHING,
                origin_request_policy_id=FORWARD_EVERYTHING,
                compress=True,
            ),
            ordered_cache_behaviors=[
                aws.cloudfront.DistributionOrderedCacheBehaviorArgs(
                    path_pattern=path,
                    target_origin_id="balancer",
                    viewer_protocol_policy="redirect-to-https",
                    allowed_methods=["GET", "HEAD"],
                    cached_methods=["GET", "HEAD"],
                    # Spelt out here, where a policy would be one more object.
                    forwarded_values=aws.cloudfront.DistributionOrderedCacheBehaviorForwardedValuesArgs(
                        query_string=True,
                        query_string_cache_keys=["v"],
                        cookies=aws.cloudfront.DistributionOrderedCacheBehaviorForwardedValuesCookiesArgs(
                            forward="none"
                        ),
                    ),
                    min_ttl=0,
                    default_ttl=0,
                    max_ttl=YEAR,
                    compress=True,
                )
                for path in args.cached_paths
            ],
            restrictions=aws.cloudfront.DistributionRestrictionsArgs(
                geo_restriction=aws.cloudfront.DistributionRestrictionsGeoRestrictionArgs(
                    restriction_type="none"
                )
            ),
            viewer_certificate=aws.cloudfront.DistributionViewerCertificateArgs(
                cloudfront_default_certificate=True
            ),
            web_acl_id=args.web_acl_arn,
            tags={"Name": name},
            opts=child_opts,
        )
        self.name, self.id = distribution.domain_name, distribution.id
        self.register_outputs({"name": self.name, "id": self.id})
