"""The shop's container image in the stack's own ECR repository."""

from pathlib import Path

import pulumi

from infra.components.aws.ecr.container_image import ContainerImage, ContainerImageArgs

CONTEXT = Path(__file__).resolve().parents[3] / "bookstore"


def bookstore_image(*, build: bool, opts: pulumi.ResourceOptions) -> ContainerImage:
    """Return the image of the sources in this checkout.

    Args:
        build: build and push it from this computer; otherwise expect somebody else to push it.
        opts: with the AWS provider.
    """
    return ContainerImage("bookstore", ContainerImageArgs(context=CONTEXT, build=build), opts)
