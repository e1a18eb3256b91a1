"""Servers that are all alike, as many as it takes."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.components.aws.compute.instance_profile import InstanceProfile, InstanceProfileArgs
from infra.components.aws.compute.user_data import user_data
from infra.components.aws.endpoint.load_balancer import LoadBalancer
from infra.components.aws.iam.grant import Grant
from infra.components.aws.network.network import Network
from infra.components.aws.network.security_group import security_group

GRACE = 300  # seconds that a server has from its birth until it must answer; a boot takes about 90
WARM_UP = 120  # seconds until a server counts in what is measured
DISK = 8  # GiB, as in its image


@dataclass(frozen=True, kw_only=True)
class Scaling:
    """How many servers there are.

    Args:
        least: even when nobody comes.
        most: however many come.
        processor: the average use in percent that servers are added, or taken away, to keep.
        requests: the requests a minute that one server gets; more servers come above it.
    """

    min_size: int
    max_size: int
    cpu_target: int
    requests_per_target: int


@dataclass(frozen=True, kw_only=True)
class AutoScalingGroupArgs:
    """What a group of servers is made of.

    Args:
        network: servers stand in all its private subnets.
        role: the directory of `infra/boot` that makes a server what it is.
        settings: what the role's scripts require, besides `REGION` and `LOG_GROUP`.
        image: the id of an AMI.
        size: an instance type of x86_64.
        grants: what their role may do besides reporting on themselves.
        balancer: whose targets they are, and whose health check they must pass.
        scale: how many there are.
        rollback: names of the alarms at which a rolling replacement is taken back.
        tags: of servers and their disks.
    """

    network: Network
    role: str
    settings: Mapping[str, pulumi.Input[str]]
    ami: pulumi.Input[str]
    instance_type: str
    grants: Sequence[Grant]
    load_balancer: LoadBalancer
    scaling: Scaling
    rollback_alarms: Sequence[pulumi.Input[str]]
    tags: Mapping[str, str]


class AutoScalingGroup(pulumi.ComponentResource):
    """An Auto Scaling group. Another image, script or setting replaces its servers one by one.

    For each server that goes, a healthy one has come before: there are never fewer than the least. A
    replacement that fails, or that an alarm interrupts, is taken back by itself.
    """

    name: pulumi.Output[str]
    log_group: pulumi.Output[str]
    security_group_id: pulumi.Output[str]

    def __init__(
        self, name: str, args: AutoScalingGroupArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("bookstore:aws:AutoScalingGroup", name, None, opts)
        child_opts = pulumi.ResourceOptions(parent=self)
        logs = aws.cloudwatch.LogGroup(name, retention_in_days=30, opts=child_opts)
        self.log_group = logs.name
        group = security_group(name, args.network.vpc_id, self)
        self.security_group_id = group.id
        role = InstanceProfile(
            name, InstanceProfileArgs(log_group_arn=logs.arn, grants=args.grants), child_opts
        )
        template = self._template(name, args, role.profile)
        servers = aws.autoscaling.Group(
            name,
            launch_template=aws.autoscaling.GroupLaunchTemplateArgs(
                # By number: from "the latest" there is no way back.
                id=template.id,
                version=template.latest_version.apply(str),
            ),
            # Without a desired number, which `pulumi up` would set back to itself whenever it runs.
            min_size=args.scaling.min_size,
            max_size=args.scaling.max_size,
            vpc_zone_identifiers=[subnet.id for subnet in args.network.private_subnets],
            target_group_arns=[args.load_balancer.target_group_arn],
            health_check_type="ELB",
            health_check_grace_period=GRACE,
            default_instance_warmup=WARM_UP,
            # `pulumi up` waits for the first servers until the load balancer finds them healthy.
            min_elb_capacity=args.scaling.min_size,
            wait_for_capacity_timeout="20m",
            instance_maintenance_policy=aws.autoscaling.GroupInstanceMaintenancePolicyArgs(
                min_healthy_percentage=100, max_healthy_percentage=150
            ),
            instance_refresh=aws.autoscaling.GroupInstanceRefreshArgs(
                strategy="Rolling",
                preferences=aws.autoscaling.GroupInstanceRefreshPreferencesArgs(
                    min_healthy_percentage=100,
                    max_healthy_percentage=150,
                    instance_warmup=str(WARM_UP),
                    auto_rollback=True,
                    alarm_specification=aws.autoscaling.GroupInstanceRefreshPreferencesAlarmSpecificationArgs(
                        alarms=args.rollback_alarms
                    ),
                ),
            ),
            enabled_metrics=[
                aws.autoscaling.Metric.GROUP_DESIRED_CAPACITY,
                aws.autoscaling.Metric.GROUP_IN_SERVICE_INSTANCES,
            ],
            tags=[
                aws.autoscaling.GroupTagArgs(key=key, value=value, propagate_at_launch=False)
                for key, value in {**args.tags, "Name": name}.items()
            ],
            opts=child_opts,
        )
        self.name = servers.name
        self._follow(name, args)
        self.register_outputs(
            {
                "name": self.name,
                "log_group": self.log_group,
                "security_group_id": self.security_group_id,
            }
        )

    def _template(
        self, name: str, args: AutoScalingGroupArgs, profile: pulumi.Output[str]
    ) -> aws.ec2.LaunchTemplate:
        region = aws.get_region_output(opts=pulumi.InvokeOutputOptions(parent=self)).region
        script = user_data(args.role, {**args.settings, "REGION": region, "LOG_GROUP": self.log_group})
        return aws.ec2.LaunchTemplate(
            name,
            image_id=args.ami,
            instance_type=args.instance_type,
            vpc_security_group_ids=[self.security_group_id],
            iam_instance_profile=aws.ec2.LaunchTemplateIamInstanceProfileArgs(name=profile),
            user_data=script.apply(lambda text: base64.b64encode(text.encode()).decode()),
            update_default_version=True,
            metadata_options=aws.ec2.LaunchTemplateMetadataOptionsArgs(
                http_endpoint="enabled",
                http_tokens="required",
                # One hop: what runs in a container cannot borrow the machine's role.
                http_put_response_hop_limit=1,
            ),
            block_device_mappings=[
                aws.ec2.LaunchTemplateBlockDeviceMappingArgs(
                    device_name="/dev/xvda",
                    ebs=aws.ec2.LaunchTemplateBlockDeviceMappingEbsArgs(
                        volume_size=DISK, volume_type="gp3", encrypted="true", delete_on_termination="true"
                    ),
                )
            ],
            # The provider's default tags end at the template.
            tag_specifications=[
                aws.ec2.LaunchTemplateTagSpecificationArgs(
                    resource_type=kind, tags={**args.tags, "Name": name}
                )
                for kind in ("instance", "volume")
            ],
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _follow(self, name: str, args: AutoScalingGroupArgs) -> None:
        """Let the number of servers follow what they have to do."""
        balancer = args.load_balancer
        for what, metric, target, label in (
            ("processor", "ASGAverageCPUUtilization", args.scaling.cpu_target, None),
            (
                "requests",
                "ALBRequestCountPerTarget",
                args.scaling.requests_per_target,
                pulumi.Output.concat(balancer.arn_suffix, "/", balancer.target_group_arn_suffix),
            ),
        ):
            aws.autoscaling.Policy(
                f"{name}-{what}",
                autoscaling_group_name=self.name,
                policy_type="TargetTrackingScaling",
                target_tracking_configuration=aws.autoscaling.PolicyTargetTrackingConfigurationArgs(
                    predefined_metric_specification=aws.autoscaling.PolicyTargetTrackingConfigurationPredefinedMetricSpecificationArgs(
                        predefined_metric_type=metric, resource_label=label
                    ),
                    target_value=target,
                ),
                opts=pulumi.ResourceOptions(parent=self),
            )
