"""Policies on operation: tags, log retention, image scans."""

import json
from collections.abc import Iterator

from infra.policies.rule import Properties, rule, true

TAGS = ("Project", "Stack")


@rule("pulumi:providers:aws")
def default_tags(props: Properties) -> Iterator[str]:
    """Tags tell which project and stack a resource belongs to."""
    given = props.get("defaultTags") or {}
    chosen = (
        json.loads(given) if isinstance(given, str) else given
    )  # the engine passes a provider's settings as JSON
    missing = [tag for tag in TAGS if not (chosen.get("tags") or {}).get(tag)]
    if missing:
        yield f"its resources lack the tag {' and '.join(missing)}; use infra.components.aws.provider"


@rule("aws:cloudwatch/logGroup:LogGroup")
def log_retention(props: Properties) -> Iterator[str]:
    """No log group keeps its logs forever."""
    if not props.get("retentionInDays"):
        yield "its logs never expire; set retention_in_days."


@rule("aws:eks/cluster:Cluster")
def cluster_audit(props: Properties) -> Iterator[str]:
    """A cluster writes an audit log."""
    if "audit" not in (props.get("enabledClusterLogTypes") or []):
        yield "it has no audit log; add audit to enabled_cluster_log_types."


@rule("aws:lb/loadBalancer:LoadBalancer")
def balancer_logs(props: Properties) -> Iterator[str]:
    """A load balancer writes access logs."""
    if not true((props.get("accessLogs") or {}).get("enabled")):
        yield "it has no access logs; set access_logs with enabled=True."


@rule("aws:ecr/repository:Repository")
def scanned_images(props: Properties) -> Iterator[str]:
    """A registry scans images for vulnerabilities."""
    if not true((props.get("imageScanningConfiguration") or {}).get("scanOnPush")):
        yield "images are not scanned; set scan_on_push=True in image_scanning_configuration."


@rule("aws:ecr/repository:Repository")
def immutable_tags(props: Properties) -> Iterator[str]:
    """A tag always stands for the same image."""
    if not str(props.get("imageTagMutability")).startswith("IMMUTABLE"):
        yield "a tag can move to another image; set image_tag_mutability to IMMUTABLE."
