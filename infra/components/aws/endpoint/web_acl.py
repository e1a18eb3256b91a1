"""The web application firewall: what is known to be an attack goes no further."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import pulumi
import pulumi_aws as aws

# CloudFront takes its rules from this region alone, wherever the stack is.
CLOUDFRONTS_REGION = "us-east-1"
# AWS's own lists, and the rules in them that only count. A picture's bytes are no text of a form: the rule
# for bodies over 8 KiB would refuse every cover, and the one for scripts in bodies a cover now and then.
MANAGED: dict[str, Sequence[str]] = {
    "AWSManagedRulesAmazonIpReputationList": (),
    "AWSManagedRulesKnownBadInputsRuleSet": (),
    "AWSManagedRulesCommonRuleSet": ("SizeRestrictions_BODY", "CrossSiteScripting_BODY"),
}


class Scope(StrEnum):
    """What a firewall stands before."""

    CLOUDFRONT = "CLOUDFRONT"
    REGIONAL = "REGIONAL"


@dataclass(frozen=True, kw_only=True)
class WebAclArgs:
    """What a firewall is made of.

    Args:
        scope: what it stands before.
        rate: how many requests one address may send in five minutes, 100 at least.
    """

    scope: Scope
    rate_limit: int


class WebAcl(pulumi.ComponentResource):
    """AWS's managed rules and a limit per address; 9 USD a month and 0.60 USD for a million requests."""

    arn: pulumi.Output[str]

    def __init__(self, name: str, args: WebAclArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("bookstore:aws:WebAcl", name, None, opts)
        acl = aws.wafv2.WebAcl(
            name,
            scope=args.scope.value,
            region=CLOUDFRONTS_REGION if args.scope is Scope.CLOUDFRONT else None,
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
                    visibility_config=_counted("rate"),
                ),
                *(
                    _managed(group, priority, counting)
                    for priority, (group, counting) in enumerate(MANAGED.items(), start=1)
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

    def associate(self, name: str, balancer_arn: pulumi.Input[str]) -> None:
        """Stand before a load balancer; a distribution names its firewall itself."""
        aws.wafv2.WebAclAssociation(
            name,
            resource_arn=balancer_arn,
            web_acl_arn=self.arn,
            opts=pulumi.ResourceOptions(parent=self),
        )


def _managed(group: str, priority: int, counting: Sequence[str]) -> aws.wafv2.WebAclRuleArgs:
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
        visibility_config=_counted(group),
    )


def _counted(metric: str) -> aws.wafv2.WebAclRuleVisibilityConfigArgs:
    return aws.wafv2.WebAclRuleVisibilityConfigArgs(
        cloudwatch_metrics_enabled=True, metric_name=metric, sampled_requests_enabled=True
    )
