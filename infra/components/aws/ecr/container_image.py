"""A container image that is built from sources and kept in ECR."""

import json
from dataclasses import dataclass
from pathlib import Path

import pulumi
import pulumi_aws as aws
import pulumi_docker as docker
import pulumi_random as random

from infra.components.aws.ecr.image_sources import ImageSources
from infra.components.aws.iam.grant import Grant


@dataclass(frozen=True, kw_only=True)
class ContainerImageArgs:
    """Arguments for `ContainerImage`.

    Args:
        context: the directory with the Dockerfile.
        build: build the image on this computer, which needs Docker, and push it. Otherwise somebody else has
            to push it, with the tag of its sources that `make image-tag` prints.
    """

    context: Path
    build: bool


class ContainerImage(pulumi.ComponentResource):
    """An image in a private ECR repository, which scans each image and keeps the last ten.

    `reference` is its name in the registry; `pull` are the grants that let a role pull it. Tags are
    immutable: each stands for one state of the sources.
    """

    reference: pulumi.Output[str]
    pull: list[Grant]

    def __init__(
        self, name: str, args: ContainerImageArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("bookstore:aws:ContainerImage", name, None, opts)
        child_opts = pulumi.ResourceOptions(parent=self)
        repository = aws.ecr.Repository(
            name,
            image_tag_mutability="IMMUTABLE",
            image_scanning_configuration=aws.ecr.RepositoryImageScanningConfigurationArgs(scan_on_push=True),
            # Images can be built again, so they must not prevent `pulumi destroy`.
            force_delete=True,
            opts=child_opts,
        )
        aws.ecr.LifecyclePolicy(name, repository=repository.name, policy=_KEEP_TEN, opts=child_opts)
        sources = ImageSources(args.context)
        self.reference = (
            self._build(name, sources, repository)
            if args.build
            else self._pushed_by_others(sources, repository)
        )
        self.pull = [
            Grant(
                actions=["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
                resources=[repository.arn],
            ),
            # This action supports no resource. The token gives access to what the role may pull.
            Grant(actions=["ecr:GetAuthorizationToken"], resources=["*"]),
        ]
        self.register_outputs({"reference": self.reference})

    def _pushed_by_others(self, sources: ImageSources, repository: aws.ecr.Repository) -> pulumi.Output[str]:
        reference = pulumi.Output.concat(repository.repository_url, ":", sources.tag)
        reference.apply(lambda found: pulumi.info(f"somebody else has to push the image: {found}", self))
        return reference

    def _build(self, name: str, sources: ImageSources, repository: aws.ecr.Repository) -> pulumi.Output[str]:
        # The registry refuses a tag that it has, even for the same image. A random suffix lets old sources,
        # or another checkout, be pushed again.
        suffix = random.RandomString(
            name,
            length=8,
            special=False,
            keepers={"tag": sources.tag, "checkout": sources.checkout},
            opts=pulumi.ResourceOptions(parent=self),
        )
        token = aws.ecr.get_authorization_token_output(
            registry_id=repository.registry_id, opts=pulumi.InvokeOutputOptions(parent=self)
        )
        image = docker.Image(
            name,
            image_name=pulumi.Output.concat(repository.repository_url, ":", sources.tag, "-", suffix.result),
            build=docker.DockerBuildArgs(
                context=str(sources.context),
                dockerfile=str(sources.context / "Dockerfile"),
                # The servers' platform, whatever this computer has.
                platform="linux/amd64",
            ),
            registry=docker.RegistryArgs(
                server=repository.repository_url,
                username=token.user_name,
                password=pulumi.Output.secret(token.password),
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )
        return image.repo_digest


_KEEP_TEN = json.dumps(
    {
        "rules": [
            {
                "rulePriority": 1,
                "selection": {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 10},
                "action": {"type": "expire"},
            }
        ]
    }
)
