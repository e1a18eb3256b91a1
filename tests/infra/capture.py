"""Runs a whole stage without an engine and records every resource that it registers."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pulumi
from pulumi.runtime import MockCallArgs, MockResourceArgs, Mocks, set_mocks
from pulumi.runtime.mocks import MockMonitor

ACCOUNT = "123456789012"
# As in an account whose second letter is the zone that EKS refuses.
ZONE_IDS = {"a": "use1-az1", "b": "use1-az3", "c": "use1-az2", "d": "use1-az4", "e": "use1-az6"}
REGION = "us-east-1"
# Secrets from the mocks begin with this, so that tests can search for them.
SECRET = "SECRET-OF-"
_REFERENCE_SIGNATURE = "5cf8f73096256a8f31e491e813e4eb8e"
_SIGNATURE, _SECRET_SIGNATURE = "4dabf18193072939515e22adb298388d", "1b47061264138c4ac30d75fd1eb44270"


@dataclass(frozen=True, kw_only=True)
class Resource:
    """A resource as the program registered it.

    Args:
        type: such as `aws:ec2/instance:Instance`.
        parent: the parent's URN; empty for what the stack itself holds.
        inputs: with secrets in the clear.
        secrets: the names of those inputs of which the engine would encrypt a part or all.
        outputs: what a component published.
    """

    urn: str
    type: str
    name: str
    parent: str
    custom: bool
    inputs: dict[str, Any]
    secrets: frozenset[str]
    ignored_changes: tuple[str, ...] = ()
    retained: bool = False
    deleted_before_replacement: bool = False
    dependencies: frozenset[str] = frozenset()
    outputs: dict[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """Return the id that the mock gave to the resource."""
        return f"{self.name}-id"


# Properties of resources inside the components of pulumi-eks that the program reads.
HIDDEN: dict[str, Callable[[str], dict[str, Any]]] = {
    "eks:index:Cluster": lambda name: {
        "name": f"{name}-1234567",
        "version": "1.34",
    },
    "eks:index:ManagedNodeGroup": lambda name: {
        "nodeGroupName": f"{name}-1234567",
        "resources": [{"autoscalingGroups": [{"name": f"eks-{name}"}]}],
    },
}


class Capture(Mocks):
    """The resources of one run, in the order of their registration."""

    def __init__(self, others: Mapping[str, Mapping[str, Any]]) -> None:
        self.others = others
        self.resources: list[Resource] = []
        self.exports: dict[str, Any] = {}
        self.secret_exports: set[str] = set()

    def of(self, type_: str) -> list[Resource]:
        """Return all resources of a type, sorted by name; the order of registration may vary."""
        found = [resource for resource in self.resources if resource.type == type_]
        return sorted(found, key=lambda resource: resource.name)

    def one(self, type_: str, name: str) -> Resource:
        """Return the resource of a type and a name."""
        (found,) = [resource for resource in self.of(type_) if resource.name == name]
        return found

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        """Return the outputs that the program reads, as the provider would."""
        if args.typ == "pulumi:pulumi:StackReference":
            return args.resource_id, {**args.inputs, "outputs": self.others[args.inputs["name"]]}
        return f"{args.name}-id", {**_made(args), **args.inputs}

    def call(self, args: MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
        """Return the results of provider functions."""
        answers: dict[str, dict[str, Any]] = {
            "aws:ec2/getInstances:getInstances": {"privateIps": ["10.20.128.20", "10.20.144.20"]},
            "aws:index/getAvailabilityZones:getAvailabilityZones": {
                "names": [
                    f"{REGION}{letter}"
                    for letter, zone_id in ZONE_IDS.items()
                    if zone_id not in args.args.get("excludeZoneIds", [])
                ]
            },
            "aws:index/getRegion:getRegion": {"region": REGION},
            "aws:index/getCallerIdentity:getCallerIdentity": {"accountId": ACCOUNT},
            "aws:ec2/getManagedPrefixList:getManagedPrefixList": {"id": f"list-{args.args.get('name')}"},
            "aws:ssm/getParameter:getParameter": {"value": "ami-of-the-day"},
            "aws:route53/getZone:getZone": {"zoneId": "zone-of-" + str(args.args.get("name"))},
            "aws:ecr/getAuthorizationToken:getAuthorizationToken": {
                "userName": "AWS",
                "password": SECRET + "the-registry",
            },
        }
        return answers[args.token], []


class Monitor(MockMonitor):
    """Records what the SDK's own mock drops from each request: parents, options, secrets."""

    def __init__(self, capture: Capture) -> None:
        super().__init__(capture)
        self.capture = capture

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802
        """Record a resource."""
        if request.type in HIDDEN:
            urn = _hidden(request.type, request.name)
            state = HIDDEN[request.type](request.name)
            self.resources[urn] = MockMonitor.ResourceRegistration(urn, request.name, state)
        # Taken in by another event loop than the program's, a resource could not be waited for.
        for value in request.object.fields.values():
            _name_only(value)
        response = super().RegisterResource(request)  # type: ignore[no-untyped-call]
        if request.type != "pulumi:pulumi:Stack":
            self.capture.resources.append(
                Resource(
                    urn=response.urn,
                    type=request.type,
                    name=request.name,
                    parent="" if "::pulumi:pulumi:Stack::" in request.parent else request.parent,
                    custom=request.custom,
                    inputs=_plain(request.object),
                    secrets=frozenset(
                        key for key, value in request.object.fields.items() if _holds_secret(value)
                    ),
                    ignored_changes=tuple(request.ignoreChanges),
                    retained=request.retainOnDelete,
                    deleted_before_replacement=request.deleteBeforeReplace,
                    dependencies=frozenset(request.dependencies),
                )
            )
        return response

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802
        """Record a component's outputs."""
        for resource in self.capture.resources:
            if resource.urn == request.urn:
                resource.outputs.update(_plain(request.outputs))
        return super().RegisterResourceOutputs(request)  # type: ignore[no-untyped-call]


def capture(
    program: Callable[[], object], *, stack: str, others: Mapping[str, Mapping[str, Any]] | None = None
) -> Capture:
    """Run a program, which may return a dataclass of outputs, as the stack of this name.

    Args:
        others: the outputs of other stacks, by their full names.
    """
    captured = Capture(others or {})
    set_mocks(
        captured,
        project="bookstore",
        stack=stack,
        preview=False,
        monitor=Monitor(captured),
        organization="organization",
    )

    async def run() -> None:
        outputs = program()
        for name, value in vars(outputs).items() if outputs is not None else ():
            output = pulumi.Output.from_input(value)
            captured.exports[name] = await output.future()
            if await output.is_secret():
                captured.secret_exports.add(name)

    pulumi.runtime.test(run)()  # type: ignore[no-untyped-call]
    return captured


def texts(value: object) -> Iterator[str]:
    """Yield every text in a value, at any depth."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from texts(inner)


def _hidden(type_: str, name: str) -> str:
    kind = {"eks:index:Cluster": "cluster:Cluster", "eks:index:ManagedNodeGroup": "nodeGroup:NodeGroup"}
    return f"urn:pulumi:stack::bookstore::{type_}$aws:eks/{kind[type_]}::{name}"


def _reference(type_: str, name: str) -> dict[str, str]:
    return {_SIGNATURE: _REFERENCE_SIGNATURE, "urn": _hidden(type_, name), "id": name}


def _made(args: MockResourceArgs) -> dict[str, Any]:
    kind = args.typ.split(":")[-1]
    made: dict[str, dict[str, Any]] = {
        "Eip": {"publicIp": "203.0.113.7", "allocationId": f"{args.name}-allocation"},
        "Instance": {
            "primaryNetworkInterfaceId": f"{args.name}-interface",
            "address": f"{args.name}.rds.example",
        },
        "Subnet": {"availabilityZone": f"{REGION}a"},
        "KeyPair": {"keyName": f"{args.name}-1234567"},
        "Repository": {
            "repositoryUrl": f"registry.example/{args.inputs.get('name', args.name)}",
            "registryId": ACCOUNT,
        },
        "Image": {
            "repoDigest": f"registry.example/{args.name}@sha256:{64 * '0'}",
            "outputResources": [{"amis": [{"image": f"ami-of-{args.name}"}]}],
        },
        "LaunchTemplate": {"latestVersion": 7},
        "RandomPassword": {"result": f"{SECRET}{args.name}"},
        "RandomString": {"result": "a1b2c3d4"},
        "PrivateKey": {"privateKeyPem": f"{SECRET}key-{args.name}"},
        "SelfSignedCert": {"certPem": f"certificate of {args.name}\nin lines"},
        "LocallySignedCert": {"certPem": f"certificate of {args.name}\nin lines"},
        "CertRequest": {"certRequestPem": f"request of {args.name}"},
        "Bucket": {"bucket": f"{args.name}-bucket"},
        "LoadBalancer": {
            "dnsName": f"{args.name}.elb.example",
            "zoneId": "zone-of-elb",
            "arnSuffix": f"app/{args.name}/0123456789abcdef",
        },
        "TargetGroup": {"arnSuffix": f"targetgroup/{args.name}/0123456789abcdef"},
        "Distribution": {"domainName": "d111111abcdef8.cloudfront.net"},
        "Certificate": {
            "domainValidationOptions": [
                {
                    "domainName": args.inputs.get("domainName"),
                    "resourceRecordName": "_proof.example.com.",
                    "resourceRecordType": "CNAME",
                    "resourceRecordValue": "_proof.acm.example.",
                }
            ]
        },
    }
    if args.typ == "eks:index:Cluster":
        return {
            "eksCluster": _reference(args.typ, args.name),
            "kubeconfigJson": f"{SECRET}kubeconfig",
            "clusterSecurityGroupId": f"{args.name}-nodes-id",
        }
    if args.typ == "eks:index:ManagedNodeGroup":
        return {"nodeGroup": _reference(args.typ, args.name)}
    # A name of Pulumi's making, the id for an ARN: enough to tell whose they are.
    return {"name": f"{args.name}-1234567", "arn": f"arn:aws:{kind}:{args.name}", **made.get(kind, {})}


def _is_secret(value: Any) -> bool:
    fields = value.struct_value.fields
    return _SIGNATURE in fields and fields[_SIGNATURE].string_value == _SECRET_SIGNATURE


def _name_only(value: Any) -> None:
    """Put a resource's URN in the place of a reference to it."""
    fields = value.struct_value.fields
    if _SIGNATURE in fields and fields[_SIGNATURE].string_value == _REFERENCE_SIGNATURE:
        value.string_value = fields["urn"].string_value


def _holds_secret(value: Any) -> bool:
    inner = [*value.struct_value.fields.values(), *value.list_value.values]
    return _is_secret(value) or any(_holds_secret(found) for found in inner)


def _plain(struct: Any) -> dict[str, Any]:
    """Return a message's values as JSON has them, secrets in the clear."""

    def reveal(value: Any) -> Any:
        kind = value.WhichOneof("kind")
        if kind == "struct_value":
            if _is_secret(value):
                return reveal(value.struct_value.fields["value"])
            return {key: reveal(inner) for key, inner in value.struct_value.fields.items()}
        if kind == "list_value":
            return [reveal(inner) for inner in value.list_value.values]
        if kind == "number_value":
            return int(value.number_value) if value.number_value.is_integer() else value.number_value
        return None if kind in (None, "null_value") else getattr(value, kind)

    return {key: reveal(value) for key, value in struct.fields.items()}


def policy_of(resource: Resource, key: str = "policy") -> list[dict[str, Any]]:
    """Return the statements of a policy document."""
    statements: list[dict[str, Any]] = json.loads(resource.inputs[key])["Statement"]
    return statements
