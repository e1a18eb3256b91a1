"""What whoever runs the stack relies on: tags, logs that end, images that were looked at."""

import json
from collections.abc import Iterator

from infra.policies.rule import Properties, rule, true

TAGS = ("Project", "Stack")


@rule("pulumi:providers:aws")
def default_tags(props: Properties) -> Iterator[str]:
    """Everything says which project and stack it belongs to."""
    given = props.get("defaultTags") or {}
    chosen = json.loads(given) if isinstance(given, str) else given  # providers take their settings as text
    missing = [tag for tag in TAGS if not (chosen.get("tags") or {}).get(tag)]
    if missing:
        yield f"what it makes lacks the tag {' and '.join(missing)}; use infra.components.aws.provider"


@rule("aws:cloudwatch/logGroup:LogGroup")
def log_retention(props: Properties) -> Iterator[str]:
    """No log is kept, and paid for, for ever."""
    if not props.get("retentionInDays"):
        yield "its logs are kept for ever; set retention_in_days."


@rule("aws:eks/cluster:Cluster")
def cluster_audit(props: Properties) -> Iterator[str]:
    """Who did what to a cluster can be read afterwards."""
    if "audit" not in (props.get("enabledClusterLogTypes") or []):
        yield "nothing tells who changed what; name audit in enabled_cluster_log_types."


@rule("aws:lb/loadBalancer:LoadBalancer")
def balancer_logs(props: Properties) -> Iterator[str]:
    """Which requests reached a load balancer can be read afterwards."""
    if not true((props.get("accessLogs") or {}).get("enabled")):
        yield "nothing tells which requests it took; set access_logs with enabled=True."


@rule("aws:ecr/repository:Repository")
def scanned_images(props: Properties) -> Iterator[str]:
    """Images are searched for known faults when they arrive."""
    if not true((props.get("imageScanningConfiguration") or {}).get("scanOnPush")):
        yield "images are not scanned; set scan_on_push=True in image_scanning_configuration."


@rule("aws:ecr/repository:Repository")
def immutable_tags(props: Properties) -> Iterator[str]:
    """A tag that was looked at stands for the same image afterwards."""
    if not str(props.get("imageTagMutability")).startswith("IMMUTABLE"):
        yield "a tag can come to mean another image; set image_tag_mutability to IMMUTABLE."
