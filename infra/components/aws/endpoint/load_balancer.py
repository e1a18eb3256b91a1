"""The load balancer: one address before many targets."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.components.aws.data.private_bucket import PrivateBucket, PrivateBucketArgs
from infra.components.aws.network.edges import HTTP, HTTPS
from infra.components.aws.network.network import NetworkRef
from infra.components.aws.network.security_group import security_group

LOG_DAYS = 30
DEREGISTRATION_DELAY = 30  # seconds for a target that leaves to finish its requests
# TLS 1.2 with forward secrecy, and 1.3: every browser of the last ten years.
# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-2021-06"
ORIGIN_HEADER = "X-Origin-Key"


@dataclass(frozen=True, kw_only=True)
class HealthCheck:
    """What a target must answer to get visitors.

    Args:
        path: what is asked for.
    """

    path: str


@dataclass(frozen=True, kw_only=True)
class HttpsListener:
    """Visitors come straight to the load balancer, by HTTPS; plain HTTP leads there.

    Args:
        certificate_arn: of a certificate in ACM, valid.
    """

    certificate_arn: pulumi.Input[str]


@dataclass(frozen=True, kw_only=True)
class OriginListener:
    """Visitors come through something that adds a header with a key; without it nobody is served.

    Args:
        key: the secret value of the header `ORIGIN_HEADER`.
    """

    key: pulumi.Output[str]


@dataclass(frozen=True, kw_only=True)
class LoadBalancerArgs:
    """What a load balancer is made of.

    Args:
        network: it stands in all public subnets, of which AWS wants two at least.
        listener: how visitors come in.
        port: of the targets, where they speak HTTP.
        health: how targets are asked whether they are well.
        drain: seconds in which a target that goes away may finish what it was asked.
    """

    network: NetworkRef
    listener: HttpsListener | OriginListener
    port: int
    health_check: HealthCheck


class LoadBalancer(pulumi.ComponentResource):
    """An Application Load Balancer whose access logs are kept in a bucket for 30 days."""

    arn: pulumi.Output[str]
    dns_name: pulumi.Output[str]
    zone_id: pulumi.Output[str]
    # How CloudWatch and target tracking call the two.
    arn_suffix: pulumi.Output[str]
    target_group_arn_suffix: pulumi.Output[str]
    target_group_arn: pulumi.Output[str]
    security_group_id: pulumi.Output[str]

    def __init__(self, name: str, args: LoadBalancerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("bookstore:aws:LoadBalancer", name, None, opts)
        child_opts = pulumi.ResourceOptions(parent=self)
        logs = PrivateBucket(
            f"{name}-access",
            PrivateBucketArgs(
                expiration_days=LOG_DAYS,
                expiration_prefix="",
                retain_data=False,
                versioning=False,
                policy_statements=self._log_writer,
            ),
            child_opts,
        )
        group = security_group(name, args.network.vpc_id, self)
        balancer = aws.lb.LoadBalancer(
            name,
            load_balancer_type="application",
            subnets=args.network.public_subnet_ids,
            security_groups=[group.id],
            access_logs=aws.lb.LoadBalancerAccessLogsArgs(bucket=logs.name, enabled=True),
            # Headers that a proxy and the application could read differently never get that far.
            drop_invalid_header_fields=True,
            # Below the 75 s for which the application keeps a connection: it never closes one that is in use.
            idle_timeout=60,
            tags={"Name": name},
            opts=child_opts,
        )
        targets = aws.lb.TargetGroup(
            name,
            vpc_id=args.network.vpc_id,
            target_type="instance",
            protocol="HTTP",
            port=args.port,
            load_balancing_algorithm_type="least_outstanding_requests",
            deregistration_delay=DEREGISTRATION_DELAY,
            health_check=aws.lb.TargetGroupHealthCheckArgs(
                path=args.health_check.path,
                port="traffic-port",
                protocol="HTTP",
                matcher="200",
                interval=10,
                timeout=5,
                healthy_threshold=2,
                unhealthy_threshold=3,
            ),
            tags={"Name": name},
            opts=child_opts,
        )
        match args.listener:
            case HttpsListener(certificate_arn=certificate_arn):
                way: pulumi.CustomResource = self._by_certificate(name, balancer, targets, certificate_arn)
            case OriginListener(key=key):
                way = self._by_key(name, balancer, targets, key)

        self.arn, self.dns_name, self.zone_id = balancer.arn, balancer.dns_name, balancer.zone_id
        self.arn_suffix, self.target_group_arn_suffix = balancer.arn_suffix, targets.arn_suffix
        # By way of the listener: Auto Scaling wants a target group that is in use.
        self.target_group_arn = pulumi.Output.all(targets.arn, way.id).apply(lambda ids: str(ids[0]))
        self.security_group_id = group.id
        self.register_outputs(
            {
                "arn": self.arn,
                "dns_name": self.dns_name,
                "zone_id": self.zone_id,
                "arn_suffix": self.arn_suffix,
                "target_group_arn_suffix": self.target_group_arn_suffix,
                "target_group_arn": self.target_group_arn,
                "security_group_id": self.security_group_id,
            }
        )

    def attach(self, name: str, auto_scaling_group: pulumi.Input[str]) -> None:
        """Make the instances of an Auto Scaling group targets: one that somebody else made, as EKS does."""
        aws.autoscaling.Attachment(
            name,
            autoscaling_group_name=auto_scaling_group,
            lb_target_group_arn=self.target_group_arn,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _by_certificate(
        self,
        name: str,
        balancer: aws.lb.LoadBalancer,
        targets: aws.lb.TargetGroup,
        certificate_arn: pulumi.Input[str],
    ) -> aws.lb.Listener:
        aws.lb.Listener(
            f"{name}-http",
            load_balancer_arn=balancer.arn,
            protocol="HTTP",
            port=HTTP,
            default_actions=[
                aws.lb.ListenerDefaultActionArgs(
                    type="redirect",
                    redirect=aws.lb.ListenerDefaultActionRedirectArgs(
                        protocol="HTTPS", port=str(HTTPS), status_code="HTTP_301"
                    ),
                )
            ],
            opts=pulumi.ResourceOptions(parent=self),
        )
        return aws.lb.Listener(
            f"{name}-https",
            load_balancer_arn=balancer.arn,
            protocol="HTTPS",
            port=HTTPS,
            ssl_policy=TLS_POLICY,
            certificate_arn=certificate_arn,
            default_actions=[aws.lb.ListenerDefaultActionArgs(type="forward", target_group_arn=targets.arn)],
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _by_key(
        self,
        name: str,
        balancer: aws.lb.LoadBalancer,
        targets: aws.lb.TargetGroup,
        key: pulumi.Output[str],
    ) -> aws.lb.ListenerRule:
        listener = aws.lb.Listener(
            f"{name}-http",
            load_balancer_arn=balancer.arn,
            protocol="HTTP",
            port=HTTP,
            default_actions=[
                aws.lb.ListenerDefaultActionArgs(
                    type="fixed-response",
                    fixed_response=aws.lb.ListenerDefaultActionFixedResponseArgs(
                        status_code="403", content_type="text/plain", message_body="Not this way."
                    ),
                )
            ],
            opts=pulumi.ResourceOptions(parent=self),
        )
        return aws.lb.ListenerRule(
            f"{name}-key",
            listener_arn=listener.arn,
            priority=1,
            conditions=[
                aws.lb.ListenerRuleConditionArgs(
                    http_header=aws.lb.ListenerRuleConditionHttpHeaderArgs(
                        http_header_name=ORIGIN_HEADER, values=[key]
                    )
                )
            ],
            actions=[aws.lb.ListenerRuleActionArgs(type="forward", target_group_arn=targets.arn)],
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _log_writer(self, bucket_arn: pulumi.Output[str]) -> list[dict[str, object]]:
        """Return what lets ALB write its access logs.

        https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
        """
        account = aws.get_caller_identity_output(opts=pulumi.InvokeOutputOptions(parent=self)).account_id
        return [
            {
                "Effect": "Allow",
                "Principal": {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
                "Action": "s3:PutObject",
                "Resource": pulumi.Output.concat(bucket_arn, "/AWSLogs/", account, "/*"),
            }
        ]
