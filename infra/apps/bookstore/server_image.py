"""The AMI that web servers start from: built and tested by EC2 Image Builder."""

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.components.aws.compute.user_data import BOOT
from infra.components.aws.ecr.container_image import ContainerImage
from infra.components.aws.iam.grant import policy
from infra.components.aws.iam.trust import trust_policy
from infra.components.aws.network.edges import HTTPS
from infra.components.aws.network.nat import Nat
from infra.components.aws.network.network import Network
from infra.components.aws.network.security_group import security_group

# What Image Builder's agent needs on the instance that builds.
# https://docs.aws.amazon.com/imagebuilder/latest/userguide/image-builder-setting-up.html
AGENT_POLICIES = ("AmazonSSMManagedInstanceCore", "EC2InstanceProfileForImageBuilder")
VOLUME_SIZE = 8  # GiB


@dataclass(frozen=True, kw_only=True)
class ServerImageArgs:
    """Arguments for `ServerImage`.

    Args:
        network: the instances that build and test are in its first private subnet.
        nat: their way to the Internet.
        image: the shop's container image, which the AMI contains; a new one makes a new AMI.
        instance_type: one of x86_64, to build on.
        tags: for the AMI, its snapshot, and the instances that build and test.
    """

    network: Network
    nat: Nat
    image: ContainerImage
    instance_type: str
    tags: Mapping[str, str]


class ServerImage(pulumi.ComponentResource):
    """An AMI of Amazon Linux 2023 that contains the shop.

    `pulumi up` waits for it, about a quarter of an hour, and fails if its test fails. Old AMIs stay in the
    account for rollbacks.
    """

    id: pulumi.Output[str]
    security_group_id: pulumi.Output[str]

    def __init__(self, name: str, args: ServerImageArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("bookstore:apps:ServerImage", name, None, opts)
        child_opts = pulumi.ResourceOptions(parent=self)
        region = aws.get_region_output(opts=pulumi.InvokeOutputOptions(parent=self)).region
        group = security_group(name, args.network.vpc_id, self)
        self.security_group_id = group.id
        # Here and not in the stage: Image Builder needs these edges as soon as it starts.
        egress = args.nat.allow_egress(self, HTTPS)
        infrastructure = aws.imagebuilder.InfrastructureConfiguration(
            name,
            instance_profile_name=self._profile(name, args.image),
            instance_types=[args.instance_type],
            subnet_id=args.network.private_subnets[0].id,
            security_group_ids=[group.id],
            instance_metadata_options=aws.imagebuilder.InfrastructureConfigurationInstanceMetadataOptionsArgs(
                http_tokens="required", http_put_response_hop_limit=1
            ),
            terminate_instance_on_failure=True,
            resource_tags={**args.tags, "Name": name},
            opts=child_opts,
        )
        component = aws.imagebuilder.Component(
            name,
            platform="Linux",
            version="1.0.0",
            data=pulumi.Output.all(region, args.image.reference).apply(
                lambda found: component_document(region=found[0], image=found[1])
            ),
            opts=child_opts,
        )
        recipe = aws.imagebuilder.ImageRecipe(
            name,
            version="1.0.0",
            # The newest version at each build.
            parent_image=region.apply(
                lambda found: f"arn:aws:imagebuilder:{found}:aws:image/amazon-linux-2023-x86/x.x.x"
            ),
            components=[aws.imagebuilder.ImageRecipeComponentArgs(component_arn=component.arn)],
            block_device_mappings=[
                aws.imagebuilder.ImageRecipeBlockDeviceMappingArgs(
                    device_name="/dev/xvda",
                    ebs=aws.imagebuilder.ImageRecipeBlockDeviceMappingEbsArgs(
                        volume_size=VOLUME_SIZE,
                        volume_type="gp3",
                        encrypted="true",
                        delete_on_termination="true",
                    ),
                )
            ],
            ami_tags={**args.tags, "Name": name},
            opts=child_opts,
        )
        image = aws.imagebuilder.Image(
            name,
            image_recipe_arn=recipe.arn,
            infrastructure_configuration_arn=infrastructure.arn,
            image_tests_configuration=aws.imagebuilder.ImageImageTestsConfigurationArgs(
                image_tests_enabled=True, timeout_minutes=60
            ),
            tags={"Name": name},
            opts=pulumi.ResourceOptions(parent=self, depends_on=[args.nat, *egress]),
        )
        self.id = image.output_resources.apply(lambda built: str((built[0].amis or [])[0].image))
        self.register_outputs({"id": self.id, "security_group_id": self.security_group_id})

    def _profile(self, name: str, image: ContainerImage) -> pulumi.Output[str]:
        child_opts = pulumi.ResourceOptions(parent=self)
        role = aws.iam.Role(name, assume_role_policy=trust_policy("ec2"), opts=child_opts)
        pull = aws.iam.RolePolicy(name, role=role.id, policy=policy(image.pull), opts=child_opts)
        agent = [
            aws.iam.RolePolicyAttachment(
                f"{name}-{number}",
                role=role.name,
                policy_arn=f"arn:aws:iam::aws:policy/{managed}",
                opts=child_opts,
            )
            for number, managed in enumerate(AGENT_POLICIES)
        ]
        profile = aws.iam.InstanceProfile(name, role=role.name, opts=child_opts)
        return pulumi.Output.all(profile.name, pull.id, *(found.id for found in agent)).apply(
            lambda found: str(found[0])
        )


def component_document(*, region: str, image: str) -> str:
    """Return Image Builder's component document, in JSON: build, then test what was built.

    Args:
        region: the region of the registry.
        image: the container image's reference.
    """
    settings = f"export REGION={shlex.quote(region)} IMAGE={shlex.quote(image)}"

    def phase(name: str, script: str, minutes: int) -> dict[str, object]:
        step = {
            "name": name,
            "action": "ExecuteBash",
            "timeoutSeconds": 60 * minutes,
            "inputs": {"commands": [settings, (BOOT / "image" / script).read_text()]},
        }
        return {"name": name, "steps": [step]}

    return json.dumps(
        {
            "name": "bookstore",
            "schemaVersion": 1.0,
            "phases": [phase("build", "bake.sh", 30), phase("test", "test.sh", 15)],
        }
    )
