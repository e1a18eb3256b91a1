"""What we chose for `cluster`, as the resources of the whole stage."""

import json
from pathlib import Path
from typing import Any

import pytest

from infra.apps.bookstore.workload import NODE_PORT, PORT
from infra.errors import DeploymentError
from tests.image.dockerfile import BOOKSTORE
from tests.infra.capture import SECRET, Capture, policy_of, texts
from tests.infra.stage import deploy_cluster
from tests.kubernetes.schemas import VERSIONS, validate

CLUSTER, ADD_ON = "eks:index:Cluster", "aws:eks/addon:Addon"
DEPLOYMENT, STATEFUL_SET = "kubernetes:apps/v1:Deployment", "kubernetes:apps/v1:StatefulSet"
POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy"


@pytest.fixture(scope="module")
def stage() -> Capture:
    """The stage with the settings that it comes with."""
    return deploy_cluster()


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Capture:
    """The stage on an existing cluster."""
    kubeconfig = tmp_path_factory.mktemp("kube") / "config"
    kubeconfig.write_text("apiVersion: v1\nkind: Config\n")
    return deploy_cluster(cluster="kubeconfig", kubeconfig=str(kubeconfig))


def manifests(stage: Capture) -> list[dict[str, Any]]:
    return [found.inputs for found in stage.resources if found.type.startswith("kubernetes:")]


def pods(stage: Capture) -> dict[str, dict[str, Any]]:
    """Give the specifications of all pods by their kind and name."""
    found: dict[str, dict[str, Any]] = {}
    for manifest in manifests(stage):
        spec = manifest.get("spec", {})
        spec = spec.get("jobTemplate", {}).get("spec", spec)
        if "template" in spec:
            found[f"{manifest['kind']} {manifest['metadata']['name']}"] = spec["template"]["spec"]
    return found


def containers(pod: dict[str, Any]) -> list[dict[str, Any]]:
    return [*pod.get("initContainers", []), *pod["containers"]]


@pytest.mark.parametrize("version", VERSIONS)
def test_every_object_is_what_kubernetes_takes(stage: Capture, local: Capture, version: str) -> None:
    objects = [*manifests(stage), *manifests(local), *manifests(deploy_cluster(database="rds"))]
    assert len(objects) > 60
    for manifest in objects:
        validate(manifest, version)


def test_the_shop_is_where_the_report_has_it(stage: Capture) -> None:
    (service,) = [found for found in manifests(stage) if found["metadata"]["name"] == "flask-service"]
    assert service["spec"]["type"] == "NodePort"
    assert service["spec"]["selector"] == {"app": "flask"}
    assert service["spec"]["ports"] == [
        {"name": "http", "port": 5000, "targetPort": "http", "nodePort": 30694}
    ]
    assert {found["metadata"].get("namespace") for found in manifests(stage)} <= {"bookstore", None}


def test_every_pod_has_no_right_that_it_does_not_need(stage: Capture, local: Capture) -> None:
    for found in (stage, local):
        (namespace,) = found.of("kubernetes:core/v1:Namespace")
        labels = namespace.inputs["metadata"]["labels"]
        assert labels["pod-security.kubernetes.io/enforce"] == "restricted"
        assert pods(found).keys() >= {"Deployment flask", "StatefulSet mysql", "Job migrate"}
        for pod in pods(found).values():
            assert pod["automountServiceAccountToken"] is False
            assert pod["serviceAccountName"] != "default"
            security = pod["securityContext"]
            assert security["runAsNonRoot"] and security["runAsUser"] >= 999
            assert security["seccompProfile"] == {"type": "RuntimeDefault"}
            for container in containers(pod):
                assert container["securityContext"] == {
                    "allowPrivilegeEscalation": False,
                    "readOnlyRootFilesystem": True,
                    "capabilities": {"drop": ["ALL"]},
                }
                assert container["resources"]["requests"].keys() == {"cpu", "memory"}
                assert "memory" in container["resources"]["limits"]


def test_the_container_is_what_the_image_makes_possible(stage: Capture) -> None:
    pod = pods(stage)["Deployment flask"]
    dockerfile = (BOOKSTORE / "Dockerfile").read_text()
    assert f"USER {pod['securityContext']['runAsUser']}:{pod['securityContext']['runAsGroup']}" in dockerfile
    (container,) = pod["containers"]
    assert "command" not in container and 'CMD ["migrate-and-serve"]' in dockerfile
    environment = {each["name"]: each["value"] for each in container["env"]}
    assert environment["PORT"] == str(PORT) == str(container["ports"][0]["containerPort"])
    assert '"0.0.0.0:${PORT:-8000}"' in (BOOKSTORE / "migrate-and-serve.sh").read_text()
    mounts = {mount["mountPath"]: mount.get("readOnly", False) for mount in container["volumeMounts"]}
    assert mounts[environment["COVERS_DIR"]] is False
    for file in ("SECRET_KEY_FILE", "DB_PASS_FILE", "DB_SSL_CA"):
        assert mounts[str(Path(environment[file]).parent)] is True
    asked = {container[probe]["httpGet"]["path"] for probe in ("startupProbe", "livenessProbe")}
    assert asked == {"/healthz"}
    assert container["readinessProbe"]["httpGet"] == {"path": "/readyz", "port": "http"}


def test_the_application_takes_the_containers_environment(stage: Capture, tmp_path: Path) -> None:
    from bookstore.config import Settings

    for name in ("Deployment flask", "Job migrate"):
        (container,) = pods(stage)[name]["containers"]
        environment = {each["name"]: each["value"] for each in container["env"]}
        for key in ("SECRET_KEY_FILE", "DB_PASS_FILE", "DB_SSL_CA"):
            file = tmp_path / Path(environment[key]).name
            file.write_text("a text of twenty letters")
            environment[key] = str(file)
        chosen = Settings.from_environment(environment)
        assert chosen.server is not None
        assert (chosen.server.host, chosen.server.name, chosen.proxies) == ("mysql", "bookstore", 2)


def test_a_new_version_takes_over_without_a_failed_request(stage: Capture) -> None:
    deployment = stage.one(DEPLOYMENT, "flask")
    spec = deployment.inputs["spec"]
    assert spec["strategy"]["rollingUpdate"] == {"maxSurge": 1, "maxUnavailable": 0}
    pod = spec["template"]["spec"]
    drain = pod["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"]
    # The server has eight seconds for its last requests, as the image's script says.
    assert drain >= 5 and drain + 8 < pod["terminationGracePeriodSeconds"]
    assert deployment.ignored_changes == ("spec.replicas",)
    (scaler,) = stage.of("kubernetes:autoscaling/v2:HorizontalPodAutoscaler")
    assert (scaler.inputs["spec"]["minReplicas"], scaler.inputs["spec"]["maxReplicas"]) == (2, 6)
    (budget,) = stage.of("kubernetes:policy/v1:PodDisruptionBudget")
    assert budget.inputs["spec"]["maxUnavailable"] == 1
    spread = {each["topologyKey"] for each in pod["topologySpreadConstraints"]}
    assert spread == {"topology.kubernetes.io/zone", "kubernetes.io/hostname"}


def test_nobody_reaches_anybody_but_by_an_edge(stage: Capture) -> None:
    closed = stage.one(POLICY, "bookstore-default-deny").inputs["spec"]
    assert closed == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    ends = {found.name for found in stage.of(POLICY)} - {"bookstore-default-deny", "bookstore-allow-dns"}
    assert ends == {
        "network-to-flask-5000-in",
        *(f"{app}-to-mysql-3306-{end}" for app in ("flask", "migrate", "dump") for end in ("in", "out")),
        "dump-to-anywhere-443-out",
        "dump-to-identity-80-out",
    }


def test_data_lies_on_an_encrypted_disk_and_on_efs(stage: Capture) -> None:
    (storage,) = stage.of("kubernetes:storage.k8s.io/v1:StorageClass")
    assert storage.inputs["parameters"]["encrypted"] == "true"
    assert storage.inputs["metadata"]["annotations"] == {
        "storageclass.kubernetes.io/is-default-class": "true"
    }
    (claim,) = stage.one(STATEFUL_SET, "mysql").inputs["spec"]["volumeClaimTemplates"]
    assert claim["spec"]["storageClassName"] == storage.inputs["metadata"]["name"]
    (volume,) = stage.of("kubernetes:core/v1:PersistentVolume")
    assert volume.inputs["spec"]["accessModes"] == ["ReadWriteMany"]
    assert volume.inputs["spec"]["csi"]["volumeHandle"] == "files-id::files-covers-id"


@pytest.mark.parametrize(("keep", "afterwards"), [("true", "Retain"), ("false", "Delete")])
def test_disks_outlive_the_stack_if_they_are_kept(keep: str, afterwards: str) -> None:
    (storage,) = deploy_cluster(retainData=keep).of("kubernetes:storage.k8s.io/v1:StorageClass")
    assert storage.inputs["reclaimPolicy"] == afterwards


def test_the_cluster_is_private_encrypted_and_logged(stage: Capture) -> None:
    cluster = stage.one(CLUSTER, "bookstore-cluster").inputs
    assert cluster["authenticationMode"] == "API"
    assert cluster["privateSubnetIds"] == ["bookstore-private-0-id", "bookstore-private-1-id"]
    assert cluster["encryptionConfigKeyArn"].startswith("arn:aws:Key:")
    assert set(cluster["enabledClusterLogTypes"]) >= {"api", "audit", "authenticator"}
    assert "version" not in cluster
    nodes = stage.one("eks:index:ManagedNodeGroup", "bookstore-cluster-nodes").inputs
    assert nodes["subnetIds"] == cluster["privateSubnetIds"]
    template = stage.one("aws:ec2/launchTemplate:LaunchTemplate", "bookstore-cluster-nodes").inputs
    assert template["metadataOptions"]["httpPutResponseHopLimit"] == 1
    assert template["blockDeviceMappings"][0]["ebs"]["encrypted"] == "true"


def test_the_add_ons_are_eks_own_and_their_roles_the_pods(stage: Capture) -> None:
    add_ons = {found.inputs["addonName"]: found.inputs for found in stage.of(ADD_ON)}
    assert add_ons.keys() == {
        "vpc-cni",
        "kube-proxy",
        "eks-pod-identity-agent",
        "coredns",
        "metrics-server",
        "aws-ebs-csi-driver",
        "aws-efs-csi-driver",
    }
    network = json.loads(add_ons["vpc-cni"]["configurationValues"])
    assert network["enableNetworkPolicy"] == "true"
    assert network["env"]["ENABLE_PREFIX_DELEGATION"] == "true"
    accounts = {
        name: [each["serviceAccount"] for each in add_on.get("podIdentityAssociations", [])]
        for name, add_on in add_ons.items()
    }
    assert accounts["aws-ebs-csi-driver"] == ["ebs-csi-controller-sa"]
    assert accounts["aws-efs-csi-driver"] == ["efs-csi-controller-sa"]


def test_versions_and_ranges_are_settings() -> None:
    stage = deploy_cluster(
        kubernetesVersion="1.36",
        publicAccessCidrs="203.0.113.0/24, 198.51.100.7/32",
        nodePortCidrs="203.0.113.0/24",
    )
    cluster = stage.one(CLUSTER, "bookstore-cluster").inputs
    assert cluster["version"] == "1.36"
    assert cluster["publicAccessCidrs"] == ["203.0.113.0/24", "198.51.100.7/32"]
    admitted = {
        found.inputs.get("cidrIpv4", found.inputs.get("referencedSecurityGroupId"))
        for found in stage.of("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
        if found.inputs["fromPort"] == NODE_PORT
    }
    assert admitted == {"203.0.113.0/24", "shop-id"}


def test_administrators_may_do_everything_in_the_cluster(stage: Capture) -> None:
    role, user = "arn:aws:iam::123456789012:role/teams/shop", "arn:aws:iam::123456789012:user/ana"
    entries = (
        deploy_cluster(administrators=f"{role}, {user}")
        .one(CLUSTER, "bookstore-cluster")
        .inputs["accessEntries"]
    )
    assert [entry["principalArn"] for entry in entries.values()] == [role, user]
    for entry in entries.values():
        (policy,) = entry["accessPolicies"].values()
        assert policy["policyArn"].endswith("/AmazonEKSClusterAdminPolicy")
        assert policy["accessScope"] == {"type": "cluster"}
    assert not stage.one(CLUSTER, "bookstore-cluster").inputs.get("accessEntries")


def test_logs_are_kept_for_a_month_from_the_first(stage: Capture) -> None:
    name = stage.one(CLUSTER, "bookstore-cluster").inputs["name"]
    logs = stage.one("aws:cloudwatch/logGroup:LogGroup", "bookstore-cluster").inputs
    assert (logs["name"], logs["retentionInDays"]) == (f"/aws/eks/{name}/cluster", 30)


def test_the_load_balancer_alone_reaches_the_node_port_by_default(stage: Capture) -> None:
    rules = stage.of("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
    (rule,) = [found.inputs for found in rules if found.inputs["fromPort"] == NODE_PORT]
    assert rule["referencedSecurityGroupId"] == "shop-id"
    (targets,) = stage.of("aws:lb/targetGroup:TargetGroup")
    assert targets.inputs["port"] == NODE_PORT
    (attached,) = stage.of("aws:autoscaling/attachment:Attachment")
    assert attached.inputs["autoscalingGroupName"] == "eks-bookstore-cluster-nodes"


def test_dumps_are_stored_by_a_role_of_their_own(stage: Capture) -> None:
    dump = stage.one("kubernetes:batch/v1:CronJob", "dump").inputs["spec"]
    restore = stage.one("kubernetes:batch/v1:CronJob", "restore").inputs["spec"]
    assert "suspend" not in dump or dump["suspend"] is False
    assert restore["suspend"] is True
    (association,) = stage.of("aws:eks/podIdentityAssociation:PodIdentityAssociation")
    assert (association.inputs["namespace"], association.inputs["serviceAccount"]) == ("bookstore", "dump")
    actions = {
        action
        for statement in policy_of(stage.one("aws:iam/rolePolicy:RolePolicy", "bookstore-cluster-dump"))
        for action in statement["Action"]
    }
    assert actions == {"s3:GetObject", "s3:PutObject", "s3:ListBucket"}


def test_rds_takes_the_place_of_the_pod_and_nothing_else_changes(stage: Capture) -> None:
    on_rds = deploy_cluster(database="rds")
    assert len(on_rds.of("aws:rds/instance:Instance")) == 1
    gone = pods(stage).keys() - pods(on_rds).keys()
    assert gone == {"StatefulSet mysql", "CronJob dump", "CronJob restore"}
    before, after = (pods(found)["Deployment flask"]["containers"][0] for found in (stage, on_rds))
    assert before["image"] == after["image"]
    changed = {old["name"] for old, new in zip(before["env"], after["env"], strict=True) if old != new}
    assert changed == {"DB_HOST", "DB_SSL_CA"}


def test_secrets_are_in_secrets_alone(stage: Capture) -> None:
    allowed = {"kubernetes:core/v1:Secret", "pulumi:providers:kubernetes"}
    for found in stage.resources:
        if found.type.startswith(("kubernetes:", "pulumi:providers:kubernetes")):
            holds = any(SECRET in text for text in texts(found.inputs))
            assert holds <= (found.type in allowed), f"{found.type} {found.name}"
            if found.type == "kubernetes:core/v1:Secret":
                assert "stringData" in found.secrets
    assert stage.secret_exports == {"demo_accounts", "kubeconfig"}


def test_any_cluster_gets_the_same_workloads_and_nothing_of_aws(stage: Capture, local: Capture) -> None:
    assert not [found for found in local.resources if found.type.startswith(("aws:", "eks:", "docker:"))]
    assert pods(local).keys() == pods(stage).keys() - {"CronJob dump", "CronJob restore"}
    (claim,) = local.of("kubernetes:core/v1:PersistentVolumeClaim")
    assert claim.inputs["spec"]["accessModes"] == ["ReadWriteOnce"]
    assert "storageClassName" not in claim.inputs["spec"]
    assert pods(local)["Deployment flask"]["containers"][0]["image"] == "bookstore:latest"
    for name in ("Deployment flask", "Job migrate"):
        # It has been given the image, which is found nowhere else.
        assert pods(local)[name]["containers"][0]["imagePullPolicy"] == "Never"
        assert pods(stage)[name]["containers"][0]["imagePullPolicy"] == "IfNotPresent"
    assert local.exports["url"] == "http://localhost:30694"


def test_any_cluster_may_name_its_classes_and_where_the_image_goes(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("kind: Config\n")
    stage = deploy_cluster(
        cluster="kubeconfig",
        kubeconfig=str(tmp_path / "config"),
        storageClass="fast",
        coversStorageClass="shared",
        image="localhost:5001/bookstore:1",
        pushImage="true",
        nodeAddress="192.168.49.2",
    )
    (image,) = stage.of("docker:index/image:Image")
    assert image.inputs["imageName"] == "localhost:5001/bookstore:1"
    (claim,) = stage.of("kubernetes:core/v1:PersistentVolumeClaim")
    assert claim.inputs["spec"]["accessModes"] == ["ReadWriteMany"]
    assert claim.inputs["spec"]["storageClassName"] == "shared"
    assert stage.exports["node_port_urls"] == ["http://192.168.49.2:30694"]


def test_nodes_without_room_are_refused() -> None:
    with pytest.raises(
        DeploymentError, match=r"2 x t3\.micro has no room for .* the smallest choice that has is"
    ):
        deploy_cluster(nodeInstanceType="t3.micro")


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ({"nodeInstanceType": "t4g.small"}, "bookstore:nodeInstanceType is t4g.small; choose t3.micro or"),
        ({"nodePortCidrs": "0.0.0.0/0"}, "bookstore:nodePortCidrs is 0.0.0.0/0; choose a range"),
        ({"administrators": "ana"}, "bookstore:administrators is ana; choose the ARN of an IAM role or user"),
        ({"kubernetesVersion": "latest"}, "bookstore:kubernetesVersion is latest; choose a version"),
        (
            {"cluster": "kubeconfig", "kubeconfig": "/nowhere"},
            "bookstore:kubeconfig is /nowhere, which cannot",
        ),
        ({"cluster": "kubeconfig", "database": "rds"}, "bookstore:database is rds, which a cluster outside"),
    ],
)
def test_wrong_settings_are_refused_with_the_remedy(written: dict[str, str], message: str) -> None:
    with pytest.raises(DeploymentError) as refusal:
        deploy_cluster(**written)
    assert str(refusal.value).startswith(message)
    assert "pulumi config set bookstore:" in str(refusal.value)
