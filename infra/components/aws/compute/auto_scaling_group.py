"""A group of identical EC2 instances, which grows and shrinks with the load."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.components.aws.compute.instance_profile import InstanceProfile, InstanceProfileArgs
from infra.components.aws.compute.launch_template import imdsv2, root_volume
from infra.components.aws.compute.user_data import user_data
from infra.components.aws.endpoint.load_balancer import LoadBalancer
from infra.components.aws.iam.grant import Grant
from infra.components.aws.network.network import Network
from infra.components.aws.network.security_group import security_group

GRACE_PERIOD = 300  # seconds until a new instance must pass health checks; a boot takes about 90
WARMUP = 120  # seconds until a new instance counts in the metrics
VOLUME_SIZE = 8  # GiB, the size in the AMI


@dataclass(frozen=True, kw_only=True)
class Scaling:
    """Bounds and targets of a group's size.

    Args:
        min_size: the number of instances without any load.
        max_size: the number of instances at the highest load.
        cpu_target: the average CPU utilization to keep, in percent.
        requests_per_target: the requests per minute and instance to keep.
    """

    min_size: int
    max_size: int
    cpu_target: int
    requests_per_target: int


@dataclass(frozen=True, kw_only=True)
class AutoScalingGroupArgs:
    """Arguments for `AutoScalingGroup`.

    Args:
        network: the instances are in all its private subnets.
        role: the directory of `infra/boot` with the scripts that an instance runs at boot.
        settings: the variables that those scripts require, besides `REGION` and `LOG_GROUP`.
        ami: the id of an AMI.
        instance_type: one of x86_64.
        grants: what the instances may do in AWS besides reporting on themselves.
        load_balancer: it sends requests to the instances and checks their health.
        scaling: bounds and targets of the group's size.
        rollback_alarms: names of the alarms that roll back a rolling replacement.
        tags: for the instances and their volumes.
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
    """An Auto Scaling group. A change of AMI, script or setting replaces its instances one by one.

    A healthy instance starts before an old one ends, so the group never falls below its minimum. AWS rolls
    back a replacement that fails or that sets off an alarm.
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
        own_security_group = security_group(name, args.network.vpc_id, self)
        self.security_group_id = own_security_group.id
        profile = InstanceProfile(
            name, InstanceProfileArgs(log_group_arn=logs.arn, grants=args.grants), child_opts
        )
        template = self._template(name, args, profile.name)
        group = aws.autoscaling.Group(
            name,
            launch_template=aws.autoscaling.GroupLaunchTemplateArgs(
                # By number: a rollback needs to know the version before.
                id=template.id,
                version=template.latest_version.apply(str),
            ),
            # No desired capacity: each `pulumi up` would undo what scaling has done.
            min_size=args.scaling.min_size,
            max_size=args.scaling.max_size,
            vpc_zone_identifiers=[subnet.id for subnet in args.network.private_subnets],
            target_group_arns=[args.load_balancer.target_group_arn],
            health_check_type="ELB",
            health_check_grace_period=GRACE_PERIOD,
            default_instance_warmup=WARMUP,
            # `pulumi up` waits until the load balancer finds this many instances healthy.
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
                    instance_warmup=str(WARMUP),
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
        self.name = group.name
        self._scale(name, args)
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
            metadata_options=imdsv2(),
            block_device_mappings=[root_volume(VOLUME_SIZE)],
            # The provider tags the template, not what is launched from it.
            tag_specifications=[
                aws.ec2.LaunchTemplateTagSpecificationArgs(
                    resource_type=resource_type, tags={**args.tags, "Name": name}
                )
                for resource_type in ("instance", "volume")
            ],
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _scale(self, name: str, args: AutoScalingGroupArgs) -> None:
        """Make the group follow its CPU utilization and its requests."""
        balancer = args.load_balancer
        for kind, metric, target, label in (
            ("cpu", "ASGAverageCPUUtilization", args.scaling.cpu_target, None),
            (
                "requests",
                "ALBRequestCountPerTarget",
                args.scaling.requests_per_target,
                pulumi.Output.concat(balancer.arn_suffix, "/", balancer.target_group_arn_suffix),
            ),
        ):
            aws.autoscaling.Policy(
                f"{name}-{kind}",
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
