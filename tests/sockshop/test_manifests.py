"""The manifests: valid on each version, and without what the ones they replace got wrong."""

from copy import deepcopy
from typing import Any

import pytest

from sockshop import images
from sockshop.manifests import catalogue_secret, manifests, new_passwords
from sockshop.options import Options
from sockshop.pods import scratch_name
from sockshop.services import SERVICES
from tests.kubernetes.schemas import VERSIONS, validate
from tests.sockshop.combinations import COMBINATIONS, STORES_ON_FILES, called
from tests.sockshop.restricted import violations

Manifest = dict[str, Any]
STORES = {"catalogue-db", "carts-db", "orders-db", "user-db", "rabbitmq", "session-db"}
STATELESS = {"front-end", "catalogue", "carts", "orders", "payment", "queue-master", "shipping", "user"}


@pytest.fixture(params=COMBINATIONS, ids=called)
def options(request: pytest.FixtureRequest) -> Options:
    """Each combination in turn."""
    chosen: Options = request.param
    return chosen


@pytest.fixture
def made(options: Options) -> list[Manifest]:
    """The manifests of a combination."""
    return manifests(options)


def of(made: list[Manifest], *kinds: str) -> dict[str, Manifest]:
    """Give the manifests of some kinds, by name."""
    return {each["metadata"]["name"]: each for each in made if each["kind"] in kinds}


def pods(made: list[Manifest]) -> dict[str, Manifest]:
    """Give the pod templates, by the name of what runs them."""
    controllers = of(made, "Deployment", "StatefulSet", "Job")
    return {name: each["spec"]["template"] for name, each in controllers.items()}


def containers(made: list[Manifest]) -> list[tuple[str, Manifest]]:
    """Give every container with its pod's name, those that run first included."""
    return [
        (name, container)
        for name, pod in pods(made).items()
        for container in [*pod["spec"].get("initContainers", []), *pod["spec"]["containers"]]
    ]


@pytest.mark.parametrize("version", VERSIONS)
def test_each_version_takes_them(made: list[Manifest], options: Options, version: str) -> None:
    for manifest in [*made, catalogue_secret(options, new_passwords())]:
        validate(manifest, version)


def test_there_are_14_workloads() -> None:
    assert {service.name for service in SERVICES} == STORES | STATELESS
    made = manifests(Options())
    assert of(made, "Deployment").keys() == STATELESS
    assert of(made, "StatefulSet").keys() == STORES
    for kind in ("Service", "ServiceAccount", "PodDisruptionBudget"):
        assert of(made, kind).keys() == STORES | STATELESS, kind
    assert of(made, "HorizontalPodAutoscaler").keys() == STATELESS


def test_the_namespace_takes_restricted_pods_and_all_are(made: list[Manifest]) -> None:
    (namespace,) = of(made, "Namespace").values()
    assert namespace["metadata"]["name"] == "sock-shop"
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    for name, pod in pods(made).items():
        assert list(violations(pod["spec"])) == [], name


@pytest.mark.parametrize(
    ("place", "value", "violation"),
    [
        (("containers", 0, "securityContext", "capabilities", "drop"), ["all"], "keeps capabilities"),
        (("securityContext", "runAsNonRoot"), False, "may run as root"),
        (("containers", 0, "securityContext", "allowPrivilegeEscalation"), True, "may gain privileges"),
        (("securityContext", "seccompProfile"), {}, "has no seccomp profile"),
    ],
)
def test_a_pod_with_rights_is_seen(place: tuple[str | int, ...], value: object, violation: str) -> None:
    spec: Any = deepcopy(pods(manifests(Options()))["carts"]["spec"])
    inner = spec
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value
    assert list(violations(spec)) == [f"carts: {violation}"]


def test_nobody_holds_a_token_of_the_api_server(made: list[Manifest]) -> None:
    accounts = of(made, "ServiceAccount")
    for name, pod in pods(made).items():
        assert pod["spec"]["automountServiceAccountToken"] is False, name
        assert accounts[pod["spec"]["serviceAccountName"]]["automountServiceAccountToken"] is False


def test_each_container_says_what_it_needs_and_takes_at_most(made: list[Manifest]) -> None:
    for name, container in containers(made):
        for part in ("requests", "limits"):
            assert container["resources"][part].keys() == {"cpu", "memory"}, name


def test_each_container_that_serves_is_asked_how_it_is(made: list[Manifest]) -> None:
    for name, pod in pods(made).items():
        if name.startswith("load-socks"):
            continue
        for container in pod["spec"]["containers"]:
            declared = {port["name"] for port in container["ports"]}
            for kind in ("startupProbe", "livenessProbe", "readinessProbe"):
                probe = container[kind]
                # The start-up probe says when a pod has started; nobody waits a fixed time.
                assert "initialDelaySeconds" not in probe
                asked = probe.get("httpGet") or probe.get("tcpSocket")
                assert asked is None or asked["port"] in declared, (name, kind)
            # What is away elsewhere must not restart whoever waits for it.
            assert "exec" not in container["livenessProbe"], name


def test_readiness_asks_for_what_a_service_depends_on() -> None:
    asked = {
        name: pod["spec"]["containers"][0]["readinessProbe"]
        for name, pod in pods(manifests(Options())).items()
    }
    for name in ("carts", "orders", "user", "shipping", "queue-master"):
        assert '"err"' in asked[name]["exec"]["command"][-1], name
    assert asked["catalogue"]["httpGet"]["path"] == "/catalogue/size"


def test_images_are_pinned_and_of_the_machines_kind(made: list[Manifest], options: Options) -> None:
    for name, container in containers(made):
        image = container["image"]
        assert image in {options.image(each) for each in images.ALL}, name
        assert ":" in image.rpartition("/")[2] and not image.endswith(":latest"), name
    for name, pod in pods(made).items():
        assert pod["spec"]["nodeSelector"] == {"kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64"}, (
            name
        )


def test_carts_and_orders_get_a_mongodb_that_their_drivers_speak() -> None:
    run = pods(manifests(Options()))
    for store in ("carts-db", "orders-db"):
        assert run[store]["spec"]["containers"][0]["image"].startswith("docker.io/library/mongo:4.4.")


def test_each_mongodb_has_a_cache_that_its_version_accepts() -> None:
    run = pods(manifests(Options()))
    flags = {
        store: run[store]["spec"]["containers"][0]["args"] for store in ("carts-db", "orders-db", "user-db")
    }
    # The image of user-db has MongoDB 3.2.10, where the size in GB is a whole number of at least 1.
    assert "--wiredTigerCacheSizeGB" not in flags["user-db"]
    assert flags["user-db"][-2:] == ["--wiredTigerEngineConfigString", "cache_size=256M"]
    for store in ("carts-db", "orders-db"):
        assert flags[store][-2:] == ["--wiredTigerCacheSizeGB", "0.25"]


def test_user_reads_where_its_database_is() -> None:
    (container,) = pods(manifests(Options()))["user"]["spec"]["containers"]
    assert {"name": "MONGO_HOST", "value": "user-db:27017"} in container["env"]


def test_mysql_and_rabbitmq_find_few_open_files(made: list[Manifest]) -> None:
    for store in {"catalogue-db", "rabbitmq"} & pods(made).keys():
        command = pods(made)[store]["spec"]["containers"][0]["command"]
        assert command[2].startswith("ulimit -n ")


def test_low_ports_can_be_listened_on_without_privileges(made: list[Manifest]) -> None:
    for name, pod in pods(made).items():
        ports = [
            port["containerPort"] for each in pod["spec"]["containers"] for port in each.get("ports", [])
        ]
        sysctls = pod["spec"]["securityContext"].get("sysctls", [])
        low = any(port < 1024 for port in ports)
        assert low == ({"name": "net.ipv4.ip_unprivileged_port_start", "value": "0"} in sysctls), name
        assert not low or pod["spec"]["containers"][0]["securityContext"]["capabilities"]["add"] == [
            "NET_BIND_SERVICE"
        ]


def test_only_the_image_that_writes_beside_its_files_may_write_there(made: list[Manifest]) -> None:
    writable = {
        name for name, each in containers(made) if not each["securityContext"]["readOnlyRootFilesystem"]
    }
    assert writable == {"rabbitmq"}
    for name, pod in pods(made).items():
        volumes = {each["name"] for each in pod["spec"].get("volumes", [])} | {"data"}
        for container in pod["spec"]["containers"]:
            assert {each["name"] for each in container.get("volumeMounts", [])} <= volumes, name
    assert scratch_name("/var/run/mysqld") == "var-run-mysqld"


def test_each_store_keeps_its_data(made: list[Manifest], options: Options) -> None:
    for store, manifest in of(made, "StatefulSet").items():
        spec = manifest["spec"]
        mounted = {each["name"]: each for each in spec["template"]["spec"]["containers"][0]["volumeMounts"]}
        path = next(service.volume for service in SERVICES if service.name == store)
        assert path is not None and mounted["data"]["mountPath"] == path.path
        if options.efs is not None and store in STORES_ON_FILES:
            assert "volumeClaimTemplates" not in spec
            claim = of(made, "PersistentVolumeClaim")[store]
            volume = of(made, "PersistentVolume")[claim["spec"]["volumeName"]]
            assert volume["spec"]["csi"]["volumeHandle"] == f"fs-01::fsap-{store}"
            assert volume["spec"]["persistentVolumeReclaimPolicy"] == "Retain"
        else:
            (template,) = spec["volumeClaimTemplates"]
            assert template["spec"].get("storageClassName") == options.storage_class
            assert spec["persistentVolumeClaimRetentionPolicy"]["whenDeleted"] == "Retain"


def test_the_users_that_an_image_brings_are_copied_into_their_volume(made: list[Manifest]) -> None:
    spec = pods(made)["user-db"]["spec"]
    (seed,) = spec["initContainers"]
    assert seed["image"] == spec["containers"][0]["image"]
    assert seed["command"][-1] == spec["containers"][0]["volumeMounts"][-1]["mountPath"] == "/data/db-users"
    assert seed["volumeMounts"] == [{"name": "data", "mountPath": "/seeded"}]


def test_metrics_are_announced_where_they_are(made: list[Manifest]) -> None:
    announced = {}
    for name, pod in pods(made).items():
        notes = pod["metadata"].get("annotations", {})
        if not notes:
            continue
        ports = {port["containerPort"] for each in pod["spec"]["containers"] for port in each["ports"]}
        assert int(notes["prometheus.io/port"]) in ports, name
        announced[name] = notes["prometheus.io/path"]
    assert announced == dict.fromkeys(STATELESS | {"rabbitmq"}, "/metrics") | {"queue-master": "/prometheus"}


def test_prometheus_is_let_in_to_metrics_alone(made: list[Manifest], options: Options) -> None:
    for name, policy in of(made, "NetworkPolicy").items():
        spaces = [
            (
                peer["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"],
                rule["ports"][0]["port"],
            )
            for rule in policy["spec"].get("ingress", [])
            for peer in rule.get("from", [])
            if "namespaceSelector" in peer
        ]
        measured = next((each.metrics for each in SERVICES if each.name == name), None)
        expected = [("monitoring", measured.port)] if options.monitoring and measured else []
        assert spaces == expected, name


def test_autoscalers_and_budgets_aim_at_what_there_is(made: list[Manifest]) -> None:
    deployments = of(made, "Deployment")
    for autoscaler in of(made, "HorizontalPodAutoscaler").values():
        target = autoscaler["spec"]["scaleTargetRef"]
        assert deployments[target["name"]]["apiVersion"] == target["apiVersion"]
        # Two that say how many pods there are would take turns.
        assert "replicas" not in deployments[target["name"]]["spec"]
    for name, budget in of(made, "PodDisruptionBudget").items():
        chosen = budget["spec"]["selector"]["matchLabels"].items()
        assert chosen <= pods(made)[name]["metadata"]["labels"].items()
        assert budget["spec"]["maxUnavailable"] == 1


def test_the_way_in_is_the_front_end_alone(made: list[Manifest], options: Options) -> None:
    for name, service in of(made, "Service").items():
        if name == "front-end" and options.node_port is not None:
            assert service["spec"]["type"] == "NodePort"
            assert service["spec"]["ports"][0]["nodePort"] == 30001
        else:
            assert service["spec"]["type"] == "ClusterIP"


def test_no_password_is_written_down(made: list[Manifest]) -> None:
    assert not of(made, "Secret")
    for name, container in containers(made):
        for variable in container.get("env", []):
            if "PASSWORD" in variable["name"]:
                assert variable["valueFrom"]["secretKeyRef"]["name"] == "catalogue-db", name
        assert "default_password" not in str(container)


def test_new_passwords_differ() -> None:
    first, second = new_passwords(), new_passwords()
    assert len({*first.values(), *second.values()}) == 4


def test_a_catalogue_outside_is_signed_in_to_as_its_driver_can(
    made: list[Manifest], options: Options
) -> None:
    (container,) = pods(made)["catalogue"]["spec"]["containers"]
    (dsn,) = [each for each in container["args"] if each.startswith("-DSN=")]
    assert "catalogue_user:$(CATALOGUE_PASSWORD)@tcp(" in dsn
    if options.catalogue_database is None:
        assert "catalogue-db" in pods(made)
        assert dsn.endswith("@tcp(catalogue-db:3306)/socksdb")
    else:
        assert "catalogue-db" not in pods(made)
        assert dsn.endswith("@tcp($(CATALOGUE_HOST):3306)/socksdb?allowNativePasswords=true&tls=skip-verify")
        # Kubernetes fills in only what is declared, and before that: secrets come first.
        names = [each["name"] for each in container["env"]]
        assert names == ["CATALOGUE_PASSWORD", "CATALOGUE_HOST"]
