"""pulumi-kubernetes: objects by namespace and name, as an API server keeps them."""

from tests.engine.doubles.provider import Behaviour, random_hex
from tests.engine.doubles.wire import Properties

# What the API server refuses to change, by kind; for StatefulSets it is all but a few.
FIXED = {
    "ConfigMap": {"data", "immutable"},
    "Job": {"template", "completionMode", "selector"},
    "PersistentVolume": {"csi"},
    "PersistentVolumeClaim": {"volumeName", "storageClassName", "accessModes"},
    "StatefulSet": {"volumeClaimTemplates", "serviceName", "selector", "podManagementPolicy"},
    "Deployment": {"selector"},
}


class Double(Behaviour):
    """A cluster."""

    package = "kubernetes"

    def identify(self, type_: str, inputs: Properties) -> str:
        """Return the namespace and the name."""
        metadata = {"name": inputs.get("name"), "namespace": inputs.get("namespace")} | inputs.get(
            "metadata", {}
        )
        if metadata["name"] is None:
            raise LookupError(f"the double knows no name for {type_}")
        return "/".join(filter(None, (metadata["namespace"], metadata["name"])))

    def outputs(self, _type: str, _id: str, inputs: Properties) -> Properties:
        """Return what the server adds to every object."""
        metadata = inputs.get("metadata", {})
        return {"metadata": {**metadata, "uid": random_hex(32)}} if metadata else {}

    def named_by_hand(self, inputs: Properties) -> bool:
        """Return whether the program chose the name itself."""
        return "name" in inputs.get("metadata", {})

    def replaced(self, type_: str, old: Properties, new: Properties, changed: set[str]) -> set[str]:
        """Return the changes that replace an object: name, namespace, immutable fields."""
        fixed = FIXED.get(type_.rpartition(":")[2], set())
        parts = [("metadata", {"name", "namespace"}), ("spec", fixed)]
        moved = {part for part, keys in parts if part in changed and _differ(old, new, part, keys)}
        return moved | (changed & fixed & {"data"} if old.get("immutable") else set())


def _differ(old: Properties, new: Properties, part: str, keys: set[str]) -> bool:
    before, after = old.get(part) or {}, new.get(part) or {}
    return any(before.get(key) != after.get(key) for key in keys)
