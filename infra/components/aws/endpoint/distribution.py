"""CloudFront: HTTPS without a domain of one's own."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.components.aws.endpoint.load_balancer import ORIGIN_HEADER
from infra.components.aws.network.edges import HTTP, HTTPS

YEAR = 365 * 24 * 3600
# AWS's managed policies have the same ids in every account.
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
# All viewer headers, and CloudFront-Forwarded-Proto, which is the viewer's protocol.
ALL_VIEWER_AND_CLOUDFRONT_HEADERS = "33f36d7e-f396-46d9-90e0-52428a34d9dc"
# CloudFront keeps these for 10 s unless told otherwise, whatever their Cache-Control says: one visitor's
# error page would be served to others.
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/HTTPStatusCodes.html
ERRORS = (400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504)
METHODS = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"]


@dataclass(frozen=True, kw_only=True)
class DistributionArgs:
    """Arguments for `Distribution`.

    Args:
        origin_domain_name: the DNS name of the load balancer behind it, which serves plain HTTP.
        origin_key: the value of the header `ORIGIN_HEADER` in requests to the load balancer, a secret.
        cached_paths: paths such as `/static/*` that are the same for everybody; the origin's Cache-Control
            says for how long. Of the query string only `v` is part of the cache key; cookies are not sent on.
        web_acl_arn: a web ACL in us-east-1; None for no WAF.
    """

    origin_domain_name: pulumi.Input[str]
    origin_key: pulumi.Output[str]
    cached_paths: Sequence[str]
    web_acl_arn: pulumi.Input[str] | None


class Distribution(pulumi.ComponentResource):
    """A CloudFront distribution with CloudFront's default certificate, so that HTTPS needs no domain."""

    domain_name: pulumi.Output[str]

    def __init__(self, name: str, args: DistributionArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("bookstore:aws:Distribution", name, None, opts)
        child_opts = pulumi.ResourceOptions(parent=self)
        distribution = aws.cloudfront.Distribution(
            name,
            enabled=True,
            is_ipv6_enabled=True,
            http_version="http2and3",
            # Edge locations in North America and Europe only, the cheapest; others are served from there.
            price_class="PriceClass_100",
            origins=[
                aws.cloudfront.DistributionOriginArgs(
                    origin_id="balancer",
                    domain_name=args.origin_domain_name,
                    custom_origin_config=aws.cloudfront.DistributionOriginCustomOriginConfigArgs(
                        http_port=HTTP,
                        https_port=HTTPS,
                        # The load balancer has no certificate here; the key keeps others out.
                        origin_protocol_policy="http-only",
                        origin_ssl_protocols=["TLSv1.2"],
                        origin_read_timeout=30,
                        # Less than the load balancer's idle timeout of 60 s.
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
                cache_policy_id=CACHING_DISABLED,
                origin_request_policy_id=ALL_VIEWER_AND_CLOUDFRONT_HEADERS,
                compress=True,
            ),
            ordered_cache_behaviors=[
                aws.cloudfront.DistributionOrderedCacheBehaviorArgs(
                    path_pattern=path,
                    target_origin_id="balancer",
                    viewer_protocol_policy="redirect-to-https",
                    allowed_methods=["GET", "HEAD"],
                    cached_methods=["GET", "HEAD"],
                    # Legacy settings: a cache policy would be one more resource.
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
            custom_error_responses=[
                aws.cloudfront.DistributionCustomErrorResponseArgs(error_code=code, error_caching_min_ttl=0)
                for code in ERRORS
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
        self.domain_name = distribution.domain_name
        self.register_outputs({"domain_name": self.domain_name})
