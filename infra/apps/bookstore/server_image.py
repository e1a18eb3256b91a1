"""The image that servers of the shop start from: baked, and tried, by EC2 Image Builder."""

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

# What Image Builder's own agent needs on the machine where it bakes.
# https://docs.aws.amazon.com/imagebuilder/latest/userguide/image-builder-setting-up.html
AGENT_POLICIES = ("AmazonSSMManagedInstanceCore", "EC2InstanceProfileForImageBuilder")
DISK = 8  # GiB; a server's is as large


@dataclass(frozen=True, kw_only=True)
class ServerImageArgs:
    """What a server's image is made of.

    Args:
        network: the machines that bake and try are in the first private subnet.
        nat: their way out.
        application: the image of the application that is baked in; another one makes another image.
        size: an instance type of x86_64 to bake on.
        tags: of the image, its snapshot, and the machines where it is baked and tried.
    """

    network: Network
    nat: Nat
    image: ContainerImage
    instance_type: str
    tags: Mapping[str, str]


class ServerImage(pulumi.ComponentResource):
    """An AMI of Amazon Linux 2023 with the shop in it.

    `pulumi up` waits for it, about a quarter of an hour, and fails when its test does. Old AMIs stay in the
    account, so that servers can go back to them.
    """

    id: pulumi.Output[str]
    security_group_id: pulumi.Output[str]

    def __init__(self, name: str, args: ServerImageArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("bookstore:apps:ServerImage", name, None, opts)
        child_opts = pulumi.ResourceOptions(parent=self)
        region = aws.get_region_output(opts=pulumi.InvokeOutputOptions(parent=self)).region
        group = security_group(name, args.network.vpc_id, self)
        self.security_group_id = group.id
        # Drawn here rather than by the stage: the image is baked as soon as they stand.
        way_out = args.nat.allow_egress(self, HTTPS)
        bench = aws.imagebuilder.InfrastructureConfiguration(
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
            # The newest one whenever an image is baked.
            parent_image=region.apply(
                lambda found: f"arn:aws:imagebuilder:{found}:aws:image/amazon-linux-2023-x86/x.x.x"
            ),
            components=[aws.imagebuilder.ImageRecipeComponentArgs(component_arn=component.arn)],
            block_device_mappings=[
                aws.imagebuilder.ImageRecipeBlockDeviceMappingArgs(
                    device_name="/dev/xvda",
                    ebs=aws.imagebuilder.ImageRecipeBlockDeviceMappingEbsArgs(
                        volume_size=DISK, volume_type="gp3", encrypted="true", delete_on_termination="true"
                    ),
                )
            ],
            ami_tags={**args.tags, "Name": name},
            opts=child_opts,
        )
        image = aws.imagebuilder.Image(
            name,
            image_recipe_arn=recipe.arn,
            infrastructure_configuration_arn=bench.arn,
            image_tests_configuration=aws.imagebuilder.ImageImageTestsConfigurationArgs(
                image_tests_enabled=True, timeout_minutes=60
            ),
            tags={"Name": name},
            opts=pulumi.ResourceOptions(parent=self, depends_on=[args.nat, *way_out]),
        )
        self.id = image.output_resources.apply(lambda made: str((made[0].amis or [])[0].image))
        self.register_outputs({"id": self.id, "security_group_id": self.security_group_id})

    def _profile(self, name: str, application: ContainerImage) -> pulumi.Output[str]:
        child_opts = pulumi.ResourceOptions(parent=self)
        role = aws.iam.Role(name, assume_role_policy=trust_policy("ec2"), opts=child_opts)
        pull = aws.iam.RolePolicy(name, role=role.id, policy=policy(application.pull), opts=child_opts)
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
    """Return the component in Image Builder's words, of which JSON is a part: bake, then try what was baked.

    Args:
        image: the application's reference in its registry.
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
