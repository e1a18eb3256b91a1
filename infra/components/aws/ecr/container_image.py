"""The application's image: built here, kept in a registry of the stack's own."""

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
    """What an application's image is made of.

    Args:
        context: the directory with the Dockerfile.
        build: build the image on this computer, which needs Docker, and push it; otherwise it is somebody
            else's task to push it with the tag of its sources, which `make image-tag` prints.
    """

    context: Path
    build: bool


class ContainerImage(pulumi.ComponentResource):
    """An image in a private ECR repository, scanned when it arrives; of old images the last ten stay.

    A tag stands for one image for ever: that of its sources.
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
            # Images can be built again: they must not keep a stack from being destroyed.
            force_delete=True,
            opts=child_opts,
        )
        aws.ecr.LifecyclePolicy(name, repository=repository.name, policy=_KEEP_TEN, opts=child_opts)
        sources = ImageSources(args.context)
        self.reference = (
            self._build(name, sources, repository) if args.build else self._awaited(sources, repository)
        )
        self.pull = [
            Grant(
                actions=["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
                resources=[repository.arn],
            ),
            # IAM knows no resource for the token; it opens what the role may pull.
            Grant(actions=["ecr:GetAuthorizationToken"], resources=["*"]),
        ]
        self.register_outputs({"reference": self.reference})

    def _awaited(self, sources: ImageSources, repository: aws.ecr.Repository) -> pulumi.Output[str]:
        reference = pulumi.Output.concat(repository.repository_url, ":", sources.tag)
        reference.apply(lambda found: pulumi.info(f"others push the image: {found}", self))
        return reference

    def _build(self, name: str, sources: ImageSources, repository: aws.ecr.Repository) -> pulumi.Output[str]:
        # The registry refuses a tag that it has, be the image the same; the way back to old sources, or
        # another checkout, is a push like any other.
        push = random.RandomString(
            name,
            length=8,
            special=False,
            keepers={"tag": sources.tag, "place": sources.place},
            opts=pulumi.ResourceOptions(parent=self),
        )
        token = aws.ecr.get_authorization_token_output(
            registry_id=repository.registry_id, opts=pulumi.InvokeOutputOptions(parent=self)
        )
        image = docker.Image(
            name,
            image_name=pulumi.Output.concat(repository.repository_url, ":", sources.tag, "-", push.result),
            build=docker.DockerBuildArgs(
                context=str(sources.context),
                dockerfile=str(sources.context / "Dockerfile"),
                # What the machines are, whatever this computer is.
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
