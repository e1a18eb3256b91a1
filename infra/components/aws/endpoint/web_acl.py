"""AWS WAF: managed rules against known attacks and a rate limit per address."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import pulumi
import pulumi_aws as aws

# Web ACLs for CloudFront must be in this region, wherever the stack is.
CLOUDFRONT_REGION = "us-east-1"
# AWS's managed rule groups, and the rules in them that only count, because they would block uploads of
# pictures: all that are larger than 8 KiB, and those whose bytes look like a script.
MANAGED_RULE_GROUPS: dict[str, Sequence[str]] = {
    "AWSManagedRulesAmazonIpReputationList": (),
    "AWSManagedRulesKnownBadInputsRuleSet": (),
    "AWSManagedRulesCommonRuleSet": ("SizeRestrictions_BODY", "CrossSiteScripting_BODY"),
}


class Scope(StrEnum):
    """What a web ACL protects: a CloudFront distribution, or a load balancer."""

    CLOUDFRONT = "CLOUDFRONT"
    REGIONAL = "REGIONAL"


@dataclass(frozen=True, kw_only=True)
class WebAclArgs:
    """Arguments for `WebAcl`.

    Args:
        scope: what it protects.
        rate_limit: how many requests one address may send in five minutes, 100 at least.
    """

    scope: Scope
    rate_limit: int


class WebAcl(pulumi.ComponentResource):
    """A web ACL, for 9 USD a month and 0.60 USD per million requests."""

    arn: pulumi.Output[str]

    def __init__(self, name: str, args: WebAclArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("bookstore:aws:WebAcl", name, None, opts)
        acl = aws.wafv2.WebAcl(
            name,
            scope=args.scope.value,
            region=CLOUDFRONT_REGION if args.scope is Scope.CLOUDFRONT else None,
            default_action=aws.wafv2.WebAclDefaultActionArgs(allow=aws.wafv2.WebAclDefaultActionAllowArgs()),
            rules=[
                aws.wafv2.WebAclRuleArgs(
                    name="rate",
                    priority=0,
                    action=aws.wafv2.WebAclRuleActionArgs(block=aws.wafv2.WebAclRuleActionBlockArgs()),
                    statement=aws.wafv2.WebAclRuleStatementArgs(
                        rate_based_statement=aws.wafv2.WebAclRuleStatementRateBasedStatementArgs(
                            limit=args.rate_limit, aggregate_key_type="IP", evaluation_window_sec=300
                        )
                    ),
                    visibility_config=_visibility("rate"),
                ),
                *(
                    _managed_rules(group, priority, counting)
                    for priority, (group, counting) in enumerate(MANAGED_RULE_GROUPS.items(), start=1)
                ),
            ],
            visibility_config=aws.wafv2.WebAclVisibilityConfigArgs(
                cloudwatch_metrics_enabled=True, metric_name=name, sampled_requests_enabled=True
            ),
            tags={"Name": name},
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.arn = acl.arn
        self.register_outputs({"arn": self.arn})

    def associate(self, name: str, load_balancer_arn: pulumi.Input[str]) -> None:
        """Protect a load balancer. A distribution names its web ACL itself."""
        aws.wafv2.WebAclAssociation(
            name,
            resource_arn=load_balancer_arn,
            web_acl_arn=self.arn,
            opts=pulumi.ResourceOptions(parent=self),
        )


def _managed_rules(group: str, priority: int, counting: Sequence[str]) -> aws.wafv2.WebAclRuleArgs:
    return aws.wafv2.WebAclRuleArgs(
        name=group,
        priority=priority,
        override_action=aws.wafv2.WebAclRuleOverrideActionArgs(
            none=aws.wafv2.WebAclRuleOverrideActionNoneArgs()  # type: ignore[no-untyped-call]
        ),
        statement=aws.wafv2.WebAclRuleStatementArgs(
            managed_rule_group_statement=aws.wafv2.WebAclRuleStatementManagedRuleGroupStatementArgs(
                vendor_name="AWS",
                name=group,
                rule_action_overrides=[
                    aws.wafv2.WebAclRuleStatementManagedRuleGroupStatementRuleActionOverrideArgs(
                        name=rule,
                        action_to_use=aws.wafv2.WebAclRuleStatementManagedRuleGroupStatementRuleActionOverrideActionToUseArgs(
                            count=aws.wafv2.WebAclRuleStatementManagedRuleGroupStatementRuleActionOverrideActionToUseCountArgs()
                        ),
                    )
                    for rule in counting
                ],
            )
        ),
        visibility_config=_visibility(group),
    )


def _visibility(metric: str) -> aws.wafv2.WebAclRuleVisibilityConfigArgs:
    return aws.wafv2.WebAclRuleVisibilityConfigArgs(
        cloudwatch_metrics_enabled=True, metric_name=metric, sampled_requests_enabled=True
    )
