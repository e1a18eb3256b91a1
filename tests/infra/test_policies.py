"""The policies: each stops what it is for and nothing near it, and none stops a stage of ours."""

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pulumi_policy import (
    EnforcementLevel,
    PolicyResourceOptions,
    ResourceValidationArgs,
    ResourceValidationPolicy,
)
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE, unknown_checking_proxy

from infra.policies.pack import POLICIES
from tests.infra.capture import Capture, Resource
from tests.infra.policy_cases import CASES, Case
from tests.infra.stage import deploy_cluster, deploy_monolith, deploy_scaled, deploy_sockshop

# Each stage, and its other half where it has two; those on a cluster of somebody else's with its kubeconfig.
STAGES: dict[str, Callable[[str], Capture]] = {
    "monolith": lambda _: deploy_monolith(),
    "monolith-gateway-ssh": lambda _: deploy_monolith(
        nat="gateway", sshCidr="203.0.113.7/32", sshPublicKey="ssh-ed25519 AAAA somebody"
    ),
    "scaled": lambda _: deploy_scaled(),
    "scaled-domain": lambda _: deploy_scaled(hostedZone="example.com", domainName="shop.example.com"),
    "cluster": lambda _: deploy_cluster(),
    "cluster-rds": lambda _: deploy_cluster(database="rds"),
    "cluster-kubeconfig": lambda kubeconfig: deploy_cluster(cluster="kubeconfig", kubeconfig=kubeconfig),
    "sockshop": lambda _: deploy_sockshop(observability="true"),
    "sockshop-rds-efs-ecr": lambda _: deploy_sockshop(
        catalogueDatabase="rds", storage="efs", imageRegistry="ecr"
    ),
    "sockshop-kubeconfig": lambda kubeconfig: deploy_sockshop(cluster="kubeconfig", kubeconfig=kubeconfig),
}
ON_EKS = ("cluster", "cluster-rds", "sockshop", "sockshop-rds-efs-ecr")
ADVICE = {stage: ["no-open-cluster"] for stage in ON_EKS}
BY_NAME = {policy.name: policy for policy in POLICIES}


def faults(policy: ResourceValidationPolicy, type_: str, name: str, properties: dict[str, Any]) -> list[str]:
    """Return what a policy says of a resource, handed over as the engine does."""
    found: list[str] = []

    def report(message: str, _urn: str | None = None) -> None:
        found.append(message)

    options = PolicyResourceOptions(False, [], False, None, [], None, [])  # type: ignore[arg-type]
    policy.validate(
        ResourceValidationArgs(type_, unknown_checking_proxy(properties), "urn", name, options, None),
        report,
    )
    return found


def as_eks_makes_it(resource: Resource) -> Resource:
    """Return the cluster that a component of pulumi-eks makes of its inputs; anything else is as it is."""
    if resource.type != "eks:index:Cluster":
        return resource
    given = resource.inputs
    inputs = {
        "enabledClusterLogTypes": given["enabledClusterLogTypes"],
        "encryptionConfig": {
            "provider": {"keyArn": given["encryptionConfigKeyArn"]},
            "resources": ["secrets"],
        },
        "vpcConfig": {
            "endpointPublicAccess": given["endpointPublicAccess"],
            "publicAccessCidrs": given["publicAccessCidrs"],
        },
    }
    return replace(resource, type="aws:eks/cluster:Cluster", custom=True, inputs=inputs)


def as_aws_has_it(stage: Capture, resource: Resource) -> dict[str, Any]:
    """Return a resource's inputs with ARNs for ids of secrets, which the stand-in makes otherwise."""
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
def test_no_policy_stops_a_stage(stage: str, tmp_path: Path) -> None:
    kubeconfig = tmp_path / "config"
    kubeconfig.write_text("kind: Config\n")
    captured = STAGES[stage](str(kubeconfig))
    made = map(as_eks_makes_it, captured.resources)
    resources = [resource for resource in made if resource.custom]
    assert len(resources) > 20
    found = [
        (policy, message)
        for resource in resources
        for policy in POLICIES
        for message in faults(policy, resource.type, resource.name, as_aws_has_it(captured, resource))
    ]
    assert [text for policy, text in found if policy.enforcement_level == EnforcementLevel.MANDATORY] == []
    assert [policy.name for policy, _ in found] == ADVICE.get(stage, [])
