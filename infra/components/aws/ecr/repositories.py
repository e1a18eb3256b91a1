"""ECR repositories for copies of images that others built."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.components.aws.naming import unique_name


@dataclass(frozen=True, kw_only=True)
class EcrRepositoriesArgs:
    """Arguments for `EcrRepositories`.

    Args:
        repositories: the last part of each name; the prefix is the same for all.
    """

    repositories: Sequence[str]


class EcrRepositories(pulumi.ComponentResource):
    """ECR repositories with a common prefix, for 0.10 USD per GB and month."""

    address: pulumi.Output[str]

    def __init__(
        self, name: str, args: EcrRepositoriesArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("bookstore:aws:EcrRepositories", name, None, opts)
        child_opts = pulumi.ResourceOptions(parent=self)
        # Pulumi adds its random suffix at the end of a name; here the last parts must stay as they are.
        prefix = unique_name(name, self)
        repositories = [
            aws.ecr.Repository(
                f"{name}-{repository}",
                name=pulumi.Output.concat(prefix, f"/{repository}"),
                image_tag_mutability="IMMUTABLE",
                image_scanning_configuration=aws.ecr.RepositoryImageScanningConfigurationArgs(
                    scan_on_push=True
                ),
                # Images can be copied again, so they must not prevent `pulumi destroy`.
                force_delete=True,
                opts=child_opts,
            )
            for repository in args.repositories
        ]
        # Known only after all repositories exist: whoever has the address can push and pull.
        self.address = pulumi.Output.all(*(each.repository_url for each in repositories)).apply(
            lambda urls: str(urls[0]).rpartition("/")[0]
        )
        self.register_outputs({"address": self.address})
