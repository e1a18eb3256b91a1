"""The stack `cluster` on the real engine, with provider doubles for a cloud and for a cluster."""

import json
from pathlib import Path

import pytest

from sockshop.services import SERVICES
from tests.engine.cloudless import Cloudless
from tests.engine.doubles.cloud import Call
from tests.engine.doubles.wire import reveal, texts
from tools.engine import Engine

DEPLOYMENT, STATEFUL_SET = "kubernetes:apps/v1:Deployment", "kubernetes:apps/v1:StatefulSet"
JOB, NAMESPACE = "kubernetes:batch/v1:Job", "kubernetes:core/v1:Namespace"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
CLUSTER, NODES, ADD_ON = "aws:eks/cluster:Cluster", "aws:eks/nodeGroup:NodeGroup", "aws:eks/addon:Addon"
KEPT = {
    "aws:efs/accessPoint:AccessPoint",
    "aws:efs/backupPolicy:BackupPolicy",
    "aws:efs/fileSystem:FileSystem",
    "aws:efs/fileSystemPolicy:FileSystemPolicy",
    "aws:s3/bucket:Bucket",
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    "aws:s3/bucketPolicy:BucketPolicy",
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    "aws:s3/bucketVersioning:BucketVersioning",
}


def types(shop: Cloudless) -> set[str]:
    """The types of what exists."""
    return {call.type for call in shop.cloud.live().values()}


def places(calls: list[Call], operation: str, *kinds: str) -> list[int]:
    """Where among the calls something was done to objects of these types."""
    found = [
        number for number, call in enumerate(calls) if call.operation == operation and call.type in kinds
    ]
    assert found, f"no {operation} of {kinds}"
    return found


def rules(calls: list[Call], kind: str) -> set[tuple[str, str, int]]:
    """Rules about another security group: whose it is, whom it names, for which port."""
    found = [call.inputs for call in calls if call.type.endswith(f":{kind}")]
    return {
        (each["securityGroupId"], each["referencedSecurityGroupId"], each["fromPort"])
        for each in found
        if "referencedSecurityGroupId" in each
    }


def settings(**written: str) -> list[str]:
    """The arguments of the engine that change settings of the stack."""
    return [part for key, value in written.items() for part in ("--config", f"bookstore:{key}={value}")]


@pytest.fixture(scope="module")
def shop(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Cloudless:
    """The stage on EKS with room for others, deployed once with migrations that fail at first."""
    shop = Cloudless(tmp_path_factory.mktemp("cluster"), engine, "cluster")
    shop.set(nodeCount="3")
    shop.up(fails=True, DOUBLES_FAIL="Job migrate")
    assert types(shop) >= {CLUSTER, STATEFUL_SET}
    assert DEPLOYMENT not in types(shop), "the shop serves before its database is ready"
    shop.up(DOUBLES_FAIL="Job migrate")
    calls = shop.cloud.calls()
    created = [call.key for call in calls if call.operation == "create"]
    assert len(created) == len(set(created)) == len(shop.cloud.live()), "what was there was made again"
    assert max(places(calls, "create", NODES)) < min(places(calls, "create", NAMESPACE))
    return shop


def test_a_second_run_finds_nothing_to_change_and_shows_no_secret(shop: Cloudless) -> None:
    before = len(shop.cloud.calls())
    shown = shop.up("--refresh", "--expect-no-changes", "--diff")
    assert shop.changes_since(before) == []
    live = shop.cloud.live().values()
    secrets = [reveal(call.inputs["stringData"]) for call in live if call.type.endswith(":Secret")]
    values = [text for files in secrets for key, text in files.items() if not key.endswith("ca.pem")]
    assert len(values) > 3
    assert all(values)
    kept = str(shop.state()) + shop.pulumi("stack", "output", "--json")
    objects = str([call.inputs for call in live if call.type in (DEPLOYMENT, STATEFUL_SET, JOB)])
    for value in values:
        assert value not in kept
        assert value not in objects
        assert value not in shown


def test_sock_shop_moves_in_beside_the_shop_and_leaves_all_as_it_was(shop: Cloudless) -> None:
    exports = json.loads(shop.pulumi("stack", "output", "cluster_exports"))
    kubeconfig = shop.pulumi("stack", "output", "kubeconfig", "--show-secrets").strip()
    live, state, before = shop.cloud.live(), shop.state(), len(shop.cloud.calls())
    socks = shop.beside("sockshop")
    socks.set(cluster="stack", clusterStack="nobody")
    socks.set(catalogueDatabase="rds", storage="efs", retainData="false")
    refused = socks.pulumi("preview", fails=True)
    assert 'unknown stack "organization/bookstore/nobody"' in refused
    assert "Traceback" not in refused

    socks.set(clusterStack="cluster", replicas="4")
    refused = socks.pulumi("preview", fails=True)
    assert "3 x t3.medium has no room for" in refused
    assert "Traceback" not in refused

    socks.set(replicas="1")
    socks.up()
    asked = [call for call in shop.cloud.calls()[before:] if call.operation == "configure"]
    assert {reveal(call.inputs)["region"] for call in asked if call.type == "aws"} == {exports["region"]}
    told = {reveal(call.inputs)["kubeconfig"] for call in asked if call.type == "kubernetes"}
    assert told == {kubeconfig}
    assert kubeconfig not in texts(socks.state())

    made = socks.changes_since(before)
    assert {call.operation for call in made} == {"create"}
    kinds = {call.type for call in made}
    assert not [kind for kind in kinds if kind.startswith(("aws:eks/", "aws:iam/", "kubernetes:storage"))]
    assert {kind for kind in kinds if kind.startswith("aws:ec2/")} == {GROUP}, "it has a network of its own"
    pods = {call.id for call in made if call.type in (DEPLOYMENT, STATEFUL_SET)}
    assert pods == {f"sock-shop/{each.name}" for each in SERVICES if each.name != "catalogue-db"}
    of = {(call.type.rpartition(":")[2], call.name): call.inputs for call in made}
    assert of["LoadBalancer", "socks"]["subnets"] == exports["public_subnet_ids"]
    assert of["Attachment", "socks"]["autoscalingGroupName"] == exports["auto_scaling_group"]
    assert of["SubnetGroup", "catalogue"]["subnetIds"] == exports["isolated_subnet_ids"]
    assert [of["MountTarget", f"stores-{zone}"]["subnetId"] for zone in (0, 1)] == exports[
        "isolated_subnet_ids"
    ]
    nodes = exports["security_group_id"]
    balancer, catalogue, stores = (
        next(call.id for call in made if (call.type, call.name) == (GROUP, name))
        for name in ("socks", "catalogue", "stores")
    )
    edges = {(balancer, nodes, 30001), (nodes, catalogue, 3306), (nodes, stores, 2049)}
    assert rules(made, "SecurityGroupEgressRule") == edges
    assert {(one, other, port) for other, one, port in rules(made, "SecurityGroupIngressRule")} == edges

    socks.destroy()
    assert shop.cloud.live() == live
    assert shop.state() == state


def test_rds_takes_over_and_more_nodes_come_while_the_shop_and_its_cluster_stay(shop: Cloudless) -> None:
    before = len(shop.cloud.calls())
    shop.up(*settings(database="rds", nodeCount="4"))
    changes = shop.changes_since(before)
    made, changed, gone = (
        {call.type for call in changes if call.operation == operation}
        for operation in ("create", "update", "delete")
    )
    assert {"aws:rds/instance:Instance", "aws:rds/parameterGroup:ParameterGroup"} <= made
    assert {STATEFUL_SET, "kubernetes:batch/v1:CronJob"} <= gone
    assert changed >= {DEPLOYMENT, NODES}
    stayed = {DEPLOYMENT, NAMESPACE, CLUSTER, NODES, ADD_ON, "kubernetes:core/v1:PersistentVolumeClaim"}
    assert not stayed & (made | gone)
    assert "aws:s3/bucket:Bucket" in types(shop), "dumps are gone"
    (database,) = [call for call in shop.cloud.live().values() if call.type.endswith("rds/instance:Instance")]
    assert database.inputs["skipFinalSnapshot"] is False


def test_destroy_takes_the_shop_before_its_cluster_and_keeps_the_data(shop: Cloudless) -> None:
    before = len(shop.cloud.calls())
    shop.destroy()
    calls = shop.cloud.calls()[before:]
    (last_of_the_shop,) = places(calls, "delete", NAMESPACE)
    assert max(places(calls, "delete", DEPLOYMENT, JOB)) < last_of_the_shop
    assert last_of_the_shop < min(places(calls, "delete", NODES, ADD_ON, CLUSTER))
    assert types(shop) == KEPT
    assert shop.state()["deployment"].get("resources", []) == []


def test_any_cluster_takes_the_shop_and_lets_go_of_all_of_it(shop: Cloudless, tmp_path: Path) -> None:
    left = shop.cloud.live().keys()
    kubeconfig = tmp_path / "config"
    kubeconfig.write_text("apiVersion: v1\nkind: Config\n")
    shop.reset()
    before = len(shop.cloud.calls())
    shop.up(*settings(cluster="kubeconfig", kubeconfig=str(kubeconfig), kubeContext="kind-bookstore"))
    made = {call.type.split(":")[0] for call in shop.changes_since(before)}
    assert made == {"kubernetes", "random", "tls"}
    assert {DEPLOYMENT, STATEFUL_SET, JOB} <= types(shop)
    before = len(shop.cloud.calls())
    shop.destroy()
    calls = shop.changes_since(before)
    deleted = places(calls, "delete", *{call.type for call in calls if call.type.startswith("kubernetes:")})
    assert max(deleted) == max(places(calls, "delete", NAMESPACE))
    assert shop.cloud.live().keys() == left
