"""Policies on IAM: who may do what."""

import json
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from infra.policies.rule import Properties, rule

DOCUMENTS = (
    "aws:iam/groupPolicy:GroupPolicy",
    "aws:iam/policy:Policy",
    "aws:iam/rolePolicy:RolePolicy",
    "aws:iam/userPolicy:UserPolicy",
)
ATTACHMENTS = (
    "aws:iam/groupPolicyAttachment:GroupPolicyAttachment",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    "aws:iam/userPolicyAttachment:UserPolicyAttachment",
)
ADMINISTRATOR_POLICIES = ("AdministratorAccess", "IAMFullAccess", "PowerUserAccess")
# Actions that support no resource, so that their statements need `*`.
# https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
ACTIONS_WITHOUT_RESOURCE = (
    "autoscaling:Describe*",
    "cloudwatch:GetMetricData",
    "cloudwatch:GetMetricStatistics",
    "cloudwatch:ListMetrics",
    "cloudwatch:PutMetricData",
    "ec2:Describe*",
    "ecr:GetAuthorizationToken",
    "elasticloadbalancing:Describe*",
    "ssm:UpdateInstanceInformation",
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
    "sts:GetCallerIdentity",
)


@rule(*DOCUMENTS)
def no_wildcard_action(props: Properties) -> Iterator[str]:
    """A policy names the actions that it allows."""
    for statement in _allowed(props):
        if "NotAction" in statement or any(
            action == "*" or action.endswith(":*") for action in _listed(statement.get("Action"))
        ):
            yield "all actions, or all of a service, are allowed; name the actions that are needed."


@rule(*DOCUMENTS)
def no_wildcard_resource(props: Properties) -> Iterator[str]:
    """A policy names the resources that it opens, if its actions support any."""
    for statement in _allowed(props):
        everything = "NotResource" in statement or "*" in _listed(statement.get("Resource"))
        broad = [action for action in _listed(statement.get("Action")) if not _supports_no_resource(action)]
        if everything and broad:
            yield f"{', '.join(broad)} is allowed on all resources; name them by ARN."


@rule(*ATTACHMENTS)
def no_administrator(props: Properties) -> Iterator[str]:
    """Nobody may do everything."""
    if str(props.get("policyArn")).split("/")[-1] in ADMINISTRATOR_POLICIES:
        yield "it allows everything in the account; attach a policy with the actions that are needed."


def _allowed(props: Properties) -> list[dict[str, Any]]:
    statements = json.loads(props.get("policy") or "{}").get("Statement", [])
    listed = [statements] if isinstance(statements, dict) else statements
    return [statement for statement in listed if statement.get("Effect") == "Allow"]


def _listed(value: str | list[str] | None) -> list[str]:
    return [value] if isinstance(value, str) else value or []


def _supports_no_resource(action: str) -> bool:
    return any(fnmatchcase(action, known) for known in ACTIONS_WITHOUT_RESOURCE)
