"""pulumi-docker: images that are never built."""

from hashlib import sha256

from tests.engine.doubles.provider import Behaviour
from tests.engine.doubles.wire import Properties


class Double(Behaviour):
    """Docker, with image digests that follow from the inputs."""

    package = "docker"

    def identify(self, _type: str, inputs: Properties) -> str:
        """Return the name of the image."""
        return str(inputs["imageName"])

    def same(self, key: str, old: Properties, new: Properties) -> bool:
        """Return whether it is a registry's password, which changes often and makes no other image."""
        if key != "registry":
            return False
        return {**old.get(key, {}), "password": ""} == {**new.get(key, {}), "password": ""}

    def outputs(self, _type: str, _id: str, inputs: Properties) -> Properties:
        """Return where the image was pushed."""
        repository = str(inputs["imageName"]).rpartition(":")[0]
        digest = sha256(repr(inputs.get("build")).encode()).hexdigest()
        return {
            "baseImageName": inputs["imageName"],
            "repoDigest": f"{repository}@sha256:{digest}",
            "platform": "linux/amd64",
        }
