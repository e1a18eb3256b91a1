"""An Application Load Balancer (ALB)."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.components.aws.data.private_bucket import PrivateBucket, PrivateBucketArgs
from infra.components.aws.network.edges import HTTP, HTTPS
from infra.components.aws.network.network import NetworkRef
from infra.components.aws.network.security_group import security_group

LOG_DAYS = 30
DEREGISTRATION_DELAY = 30  # seconds for a target that leaves to finish its requests
# TLS 1.2 with forward secrecy, and TLS 1.3: all browsers of the last ten years.
# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-2021-06"
ORIGIN_HEADER = "X-Origin-Key"


@dataclass(frozen=True, kw_only=True)
class HealthCheck:
    """How the load balancer checks its targets.

    Args:
        path: a healthy target answers it with status 200.
    """

    path: str


@dataclass(frozen=True, kw_only=True)
class HttpsListener:
    """HTTPS for everybody; plain HTTP redirects to it.

    Args:
        certificate_arn: of a valid certificate in ACM.
    """

    certificate_arn: pulumi.Input[str]


@dataclass(frozen=True, kw_only=True)
class OriginListener:
    """Plain HTTP for CloudFront only: it adds a header with a key, without which the answer is 403.

    Args:
        key: the value of the header `ORIGIN_HEADER`, a secret.
    """

    key: pulumi.Output[str]


@dataclass(frozen=True, kw_only=True)
class LoadBalancerArgs:
    """Arguments for `LoadBalancer`.

    Args:
        network: the load balancer is in all its public subnets, of which AWS requires two.
        listener: how clients connect.
        port: of the targets, which serve HTTP there.
        health_check: how it checks its targets.
    """

    network: NetworkRef
    listener: HttpsListener | OriginListener
    port: int
    health_check: HealthCheck


class LoadBalancer(pulumi.ComponentResource):
    """An Application Load Balancer with one target group; a bucket keeps its access logs for 30 days."""

    arn: pulumi.Output[str]
    dns_name: pulumi.Output[str]
    zone_id: pulumi.Output[str]
    # These identify the load balancer and its target group in CloudWatch and in target tracking.
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
            # Drop headers that a proxy and the application could read differently.
            drop_invalid_header_fields=True,
            # Less than the application's 75 s, so that the application never closes a connection in use.
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
                forwarding: pulumi.CustomResource = self._https_listener(
                    name, balancer, targets, certificate_arn
                )
            case OriginListener(key=key):
                forwarding = self._origin_listener(name, balancer, targets, key)

        self.arn, self.dns_name, self.zone_id = balancer.arn, balancer.dns_name, balancer.zone_id
        self.arn_suffix, self.target_group_arn_suffix = balancer.arn_suffix, targets.arn_suffix
        # Known only after a listener uses the target group, which Auto Scaling requires.
        self.target_group_arn = pulumi.Output.all(targets.arn, forwarding.id).apply(lambda ids: str(ids[0]))
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
        """Add the instances of an Auto Scaling group as targets, such as one that EKS created."""
        aws.autoscaling.Attachment(
            name,
            autoscaling_group_name=auto_scaling_group,
            lb_target_group_arn=self.target_group_arn,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _https_listener(
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

    def _origin_listener(
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
        """Return the policy statements that let ALB write its access logs.

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
