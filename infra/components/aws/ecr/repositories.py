"""A registry of the stack's own for images that others have built."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.components.aws.naming import unique_name


@dataclass(frozen=True, kw_only=True)
class EcrRepositoriesArgs:
    """What a registry is made of.

    Args:
        repositories: the last parts of their names; what comes before is the same for all.
    """

    repositories: Sequence[str]


class EcrRepositories(pulumi.ComponentResource):
    """Repositories of ECR under one name; they cost 0.10 USD a month for each GB that is put there."""

    address: pulumi.Output[str]

    def __init__(
        self, name: str, args: EcrRepositoriesArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("bookstore:aws:EcrRepositories", name, None, opts)
        child_opts = pulumi.ResourceOptions(parent=self)
        # Pulumi's own names differ at their ends; these must not differ there.
        prefix = unique_name(name, self)
        made = [
            aws.ecr.Repository(
                f"{name}-{repository}",
                name=pulumi.Output.concat(prefix, f"/{repository}"),
                image_tag_mutability="IMMUTABLE",
                image_scanning_configuration=aws.ecr.RepositoryImageScanningConfigurationArgs(
                    scan_on_push=True
                ),
                # Images can be copied again: they must not keep a stack from being destroyed.
                force_delete=True,
                opts=child_opts,
            )
            for repository in args.repositories
        ]
        # By way of all of them: whoever is told the address can push and pull.
        self.address = pulumi.Output.all(*(each.repository_url for each in made)).apply(
            lambda urls: str(urls[0]).rpartition("/")[0]
        )
        self.register_outputs({"address": self.address})
