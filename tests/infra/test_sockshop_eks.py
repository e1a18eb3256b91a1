"""What we chose for `sockshop` on AWS: each combination of its settings, as resources of the whole stage."""

from itertools import product
from pathlib import Path
from typing import Any

import pytest

from infra.errors import DeploymentError
from sockshop import images
from sockshop.manifests import manifests
from sockshop.options import EfsVolumes, ExternalDatabase, Options
from tests.infra.capture import SECRET, Capture, texts
from tests.infra.stage import deploy_cluster, deploy_sockshop, deploy_sockshop_beside
from tests.kubernetes.schemas import VERSIONS, validate

RDS, EFS, POINT = (
    "aws:rds/instance:Instance",
    "aws:efs/fileSystem:FileSystem",
    "aws:efs/accessPoint:AccessPoint",
)
REPOSITORY = "aws:ecr/repository:Repository"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
STORES = ("carts-db", "orders-db", "user-db")
COMBINATIONS = list(product(("pod", "rds"), ("ebs", "efs")))
Stages = dict[tuple[str, str], Capture]
BOTH = ("rds", "efs")


@pytest.fixture(scope="module")
def stages() -> Stages:
    """The stage with each choice for the catalogue and for the other stores."""
    return {
        (catalogue, storage): deploy_sockshop(catalogueDatabase=catalogue, storage=storage)
        for catalogue, storage in COMBINATIONS
    }


def objects(stage: Capture) -> dict[tuple[str, str], dict[str, Any]]:
    """Give what the cluster is told, by kind and name, as a manifest has it."""
    return {
        (found.type.rpartition(":")[2], found.inputs["metadata"]["name"]): found.inputs
        for found in stage.resources
        if found.type.startswith("kubernetes:") and "metadata" in found.inputs
    }


def options(catalogue: str, storage: str) -> Options:
    """Give what the manifests are made from with these choices."""
    database = ExternalDatabase(host="catalogue.rds.example", network="10.20.0.0/16", administrator="socksdb")
    volumes = {store: f"stores-id::stores-{store}-id" for store in STORES}
    return Options(
        storage_class="gp3-encrypted",
        catalogue_database=database if catalogue == "rds" else None,
        efs=EfsVolumes(volume_handles=volumes) if storage == "efs" else None,
    )


@pytest.mark.parametrize("chosen", COMBINATIONS, ids="-".join)
def test_the_cluster_is_told_what_the_command_prints(stages: Stages, chosen: tuple[str, str]) -> None:
    told = objects(stages[chosen])
    for manifest in manifests(options(*chosen)):
        assert told.pop((manifest["kind"], manifest["metadata"]["name"])) == manifest
    assert told.keys() == {("Secret", "catalogue-db"), ("StorageClass", "gp3-encrypted")}


@pytest.mark.parametrize("version", VERSIONS)
def test_every_object_is_what_kubernetes_takes(stages: Stages, version: str) -> None:
    for stage in stages.values():
        for manifest in objects(stage).values():
            validate(manifest, version)


def test_aws_has_only_what_the_settings_ask_for(stages: Stages) -> None:
    for (catalogue, storage), stage in stages.items():
        assert len(stage.of(RDS)) == (catalogue == "rds")
        assert len(stage.of(EFS)) == (storage == "efs")
        assert len(stage.of(POINT)) == (len(STORES) if storage == "efs" else 0)


def test_the_catalogue_on_rds_suits_its_old_driver(stages: Stages) -> None:
    stage = stages[BOTH]
    database = stage.one(RDS, "catalogue").inputs
    assert (database["engine"], database["engineVersion"], database["dbName"]) == ("mysql", "8.4", "socksdb")
    (group,) = stage.of("aws:rds/parameterGroup:ParameterGroup")
    parameters = {each["name"]: each["value"] for each in group.inputs["parameters"]}
    assert parameters["authentication_policy"] == "*:mysql_native_password"
    assert parameters["require_secure_transport"] == "1"
    (secret,) = stage.of("kubernetes:core/v1:Secret")
    assert secret.inputs["stringData"]["root-password"] == database["password"]
    assert secret.inputs["stringData"]["password"] == f"{SECRET}sock-shop-catalogue"


def test_each_store_on_efs_has_a_directory_of_its_own_and_the_user_of_mongodb(stages: Stages) -> None:
    points = [found.inputs for found in stages[BOTH].of(POINT)]
    assert {point["rootDirectory"]["path"] for point in points} == {f"/{store}" for store in STORES}
    for point in points:
        assert point["posixUser"] == {"uid": 999, "gid": 999}
        creation = point["rootDirectory"]["creationInfo"]
        assert (creation["ownerUid"], creation["ownerGid"]) == (999, 999)


def test_the_way_in_leads_to_the_node_port(stages: Stages) -> None:
    stage = stages["pod", "ebs"]
    (targets,) = stage.of("aws:lb/targetGroup:TargetGroup")
    assert (targets.inputs["port"], targets.inputs["healthCheck"]["path"]) == (30001, "/")
    (attached,) = stage.of("aws:autoscaling/attachment:Attachment")
    assert attached.inputs["autoscalingGroupName"] == "eks-sock-shop-cluster-nodes"
    assert stage.exports["url"] == "https://d111111abcdef8.cloudfront.net"
    elsewhere = deploy_sockshop(
        nodePort="31000",
        nodePortCidrs="203.0.113.0/24",
        hostedZone="example.com",
        domainName="socks.example.com",
    )
    assert elsewhere.exports["url"] == "https://socks.example.com"
    admitted = {
        found.inputs.get("cidrIpv4", found.inputs.get("referencedSecurityGroupId"))
        for found in elsewhere.of(INGRESS)
        if found.inputs["fromPort"] == 31000
    }
    assert admitted == {"203.0.113.0/24", "socks-id"}


def test_the_images_come_from_the_stacks_own_registry_once_they_are_there(stages: Stages) -> None:
    mirrored = deploy_sockshop(imageRegistry="ecr")
    registry = "registry.example/sock-shop-a1b2c3d4"
    for stage in (mirrored, stages["pod", "ebs"]):
        assert {found.inputs["name"] for found in stage.of(REPOSITORY)} == {
            f"sock-shop-a1b2c3d4/{images.repository(image)}" for image in images.ALL
        }
        assert stage.exports["registry"] == registry
    pulled = {
        container["image"]
        for found in objects(mirrored).values()
        if "template" in found.get("spec", {})
        for container in found["spec"]["template"]["spec"]["containers"]
    }
    assert pulled == {images.copy_of(image, registry) for image in images.ALL} - {f"{registry}/mysql:8.4.3"}


def test_secrets_are_in_secrets_alone(stages: Stages) -> None:
    for stage in (*stages.values(), deploy_sockshop(observability="true")):
        for found in stage.resources:
            if found.type.startswith("kubernetes:") and any(SECRET in text for text in texts(found.inputs)):
                assert found.type == "kubernetes:core/v1:Secret"
                assert found.secrets == {"stringData"}
        assert stage.secret_exports <= {"kubeconfig", "grafana_password"}
        assert "kubeconfig" in stage.secret_exports


def test_nodes_without_room_are_refused() -> None:
    with pytest.raises(
        DeploymentError, match=r"2 x t3\.small has no room for .*pulumi config set bookstore:nodeInstanceType"
    ):
        deploy_sockshop(nodeInstanceType="t3.small")
    with pytest.raises(
        DeploymentError,
        match=r"2 x t3\.medium has no room for .*pulumi config set bookstore:nodeInstanceType",
    ):
        deploy_sockshop(replicas="4")


@pytest.fixture(scope="module")
def theirs() -> dict[str, Any]:
    """The outputs of the stack `cluster` with larger nodes."""
    return deploy_cluster(nodeInstanceType="t3.large").exports


def test_the_cluster_of_another_stack_is_used_and_not_made(theirs: dict[str, Any]) -> None:
    stage = deploy_sockshop_beside(
        {"organization/bookstore/cluster": theirs}, cluster="stack", catalogueDatabase="rds", storage="efs"
    )
    made = {found.type for found in stage.resources}
    assert not made & {
        "eks:index:Cluster",
        "aws:ec2/vpc:Vpc",
        "aws:ec2/subnet:Subnet",
        "aws:ec2/instance:Instance",
    }
    (provider,) = stage.of("pulumi:providers:kubernetes")
    assert provider.inputs["kubeconfig"] == theirs["kubeconfig"]
    assert "kubeconfig" in provider.secrets
    (balancer,) = stage.of("aws:lb/loadBalancer:LoadBalancer")
    assert balancer.inputs["subnets"] == ["bookstore-public-0-id", "bookstore-public-1-id"]
    (attached,) = stage.of("aws:autoscaling/attachment:Attachment")
    assert attached.inputs["autoscalingGroupName"] == "eks-bookstore-cluster-nodes"
    (pool,) = stage.of("aws:rds/subnetGroup:SubnetGroup")
    assert pool.inputs["subnetIds"] == ["bookstore-isolated-0-id", "bookstore-isolated-1-id"]
    told = objects(stage)
    for manifest in manifests(options(*BOTH)):
        assert told[manifest["kind"], manifest["metadata"]["name"]] == manifest
    assert stage.exports["kubeconfig_command"].endswith("--region us-east-1 --name bookstore-cluster-1234567")


def test_another_stack_must_have_a_cluster_with_room(theirs: dict[str, Any]) -> None:
    with pytest.raises(
        DeploymentError,
        match="the stack organization/bookstore/mine has no cluster on EKS to share; deploy it",
    ):
        deploy_sockshop_beside({"organization/bookstore/mine": {}}, cluster="stack", clusterStack="mine")
    full = {
        "theirs/other/stack": theirs
        | {"cluster_exports": theirs["cluster_exports"].replace("t3.large", "t3.medium")}
    }
    with pytest.raises(DeploymentError) as refusal:
        deploy_sockshop_beside(full, cluster="stack", clusterStack="theirs/other/stack")
    assert str(refusal.value).startswith("2 x t3.medium has no room for ")
    assert "pulumi config set --stack theirs/other/stack bookstore:nodeInstanceType" in str(refusal.value)


@pytest.mark.parametrize(
    ("key", "value"), [("catalogueDatabase", "rds"), ("storage", "efs"), ("imageRegistry", "ecr")]
)
def test_a_cluster_from_a_kubeconfig_is_refused_what_only_aws_has(
    key: str, value: str, tmp_path: Path
) -> None:
    (tmp_path / "config").write_text("kind: Config\n")
    with pytest.raises(DeploymentError) as refusal:
        deploy_sockshop(cluster="kubeconfig", kubeconfig=str(tmp_path / "config"), **{key: value})
    assert str(refusal.value) == (
        f"bookstore:{key} is {value}, which a cluster from a kubeconfig does not reach; take it back or have "
        f"a cluster on AWS: pulumi config rm bookstore:{key}, or pulumi config set bookstore:cluster eks"
    )
