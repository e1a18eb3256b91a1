"""The application's image: built here, kept in a registry of the stack's own."""

import json
from dataclasses import dataclass
from pathlib import Path

import pulumi
import pulumi_aws as aws
import pulumi_docker as docker

from infra.aws.grant import Grant


@dataclass(frozen=True, kw_only=True)
class ApplicationImageArgs:
    """What an application's image is made of.

    Args:
        context: the directory with the Dockerfile.
        build: build the image on this computer, which needs Docker, and push it; otherwise it is somebody
            else's task to push the tag `latest`.
    """

    context: Path
    build: bool


class ApplicationImage(pulumi.ComponentResource):
    """An image in a private ECR repository, scanned when it arrives; of old images the last ten stay."""

    reference: pulumi.Output[str]
    pull: list[Grant]

    def __init__(
        self, name: str, args: ApplicationImageArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("bookstore:aws:ApplicationImage", name, None, opts)
        inside = pulumi.ResourceOptions(parent=self)
        repository = aws.ecr.Repository(
            name,
            image_scanning_configuration=aws.ecr.RepositoryImageScanningConfigurationArgs(scan_on_push=True),
            # Images can be built again: they must not keep a stack from being destroyed.
            force_delete=True,
            opts=inside,
        )
        aws.ecr.LifecyclePolicy(name, repository=repository.name, policy=_KEEP_TEN, opts=inside)
        tag = pulumi.Output.concat(repository.repository_url, ":latest")
        self.reference = self._build(name, args.context, repository, tag) if args.build else tag
        self.pull = [
            Grant(
                actions=["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
                resources=[repository.arn],
            ),
            # IAM knows no resource for the token; it opens what the role may pull.
            Grant(actions=["ecr:GetAuthorizationToken"], resources=["*"]),
        ]
        self.register_outputs({"reference": self.reference})

    def _build(
        self, name: str, context: Path, repository: aws.ecr.Repository, tag: pulumi.Output[str]
    ) -> pulumi.Output[str]:
        token = aws.ecr.get_authorization_token_output(
            registry_id=repository.registry_id, opts=pulumi.InvokeOutputOptions(parent=self)
        )
        image = docker.Image(
            name,
            image_name=tag,
            build=docker.DockerBuildArgs(
                context=str(context),
                dockerfile=str(context / "Dockerfile"),
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
        # By digest: a tag would not tell a machine that the image is another one.
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
