"""The policies: each stops what it is for and nothing near it, and none stops a stage of ours."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from pulumi_policy import PolicyResourceOptions, ResourceValidationArgs, ResourceValidationPolicy
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE, unknown_checking_proxy

from infra.policies.pack import POLICIES
from tests.infra.capture import Capture, Resource
from tests.infra.policy_cases import CASES, Case
from tests.infra.stage import deploy_monolith, deploy_scaled

STAGES: dict[str, Callable[[], Capture]] = {
    "monolith": deploy_monolith,
    "scaled": deploy_scaled,
}
BY_NAME = {policy.name: policy for policy in POLICIES}


def faults(policy: ResourceValidationPolicy, type_: str, name: str, properties: dict[str, Any]) -> list[str]:
    """Give what a policy says of a resource, handed over as the engine does."""
    found: list[str] = []

    def report(message: str, _urn: str | None = None) -> None:
        found.append(message)

    options = PolicyResourceOptions(False, [], False, None, [], None, [])  # type: ignore[arg-type]
    policy.validate(
        ResourceValidationArgs(type_, unknown_checking_proxy(properties), "urn", name, options, None),
        report,
    )
    return found


def as_aws_has_it(stage: Capture, resource: Resource) -> dict[str, Any]:
    """Give a resource's inputs with ARNs for ids of secrets, which the stand-in makes otherwise."""
    plain = dict(resource.inputs)
    if resource.type == "aws:ec2/launchTemplate:LaunchTemplate":
        plain["userData"] = base64.b64decode(plain["userData"]).decode()
    text = json.dumps(plain)
    for secret in stage.of("aws:secretsmanager/secret:Secret"):
        text = text.replace(f"={secret.id}", f"=arn:aws:secretsmanager:{secret.name}")
    inputs: dict[str, Any] = json.loads(text)
    return inputs


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.policy}-{case.type.split(':')[-1]}")
def test_a_policy_stops_what_it_is_for_and_nothing_near_it(case: Case) -> None:
    policy = BY_NAME[case.policy]
    (message,) = faults(policy, case.type, "mine", case.stopped)
    assert message.startswith(f"mine ({case.type}): ")
    assert "; " in message, "no remedy"
    assert "hunter2" not in message
    assert faults(policy, case.type, "mine", case.passed) == []


def test_every_policy_has_a_case_and_a_name_of_its_own() -> None:
    assert {case.policy for case in CASES} == BY_NAME.keys()
    assert len(BY_NAME) == len(POLICIES)


def test_what_a_preview_does_not_know_yet_passes() -> None:
    properties = {"ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "cidrIpv4": UNKNOWN_STRING_VALUE}
    type_ = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
    assert faults(BY_NAME["no-open-port"], type_, "mine", properties) == []


@pytest.mark.parametrize("stage", STAGES)
def test_no_policy_stops_a_stage(stage: str) -> None:
    captured = STAGES[stage]()
    resources = [resource for resource in captured.resources if resource.custom]
    assert len(resources) > 20
    found = [
        message
        for resource in resources
        for policy in POLICIES
        for message in faults(policy, resource.type, resource.name, as_aws_has_it(captured, resource))
    ]
    assert found == []
