"""Metrics of CloudWatch."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi

MINUTE = 60  # seconds
DAY = 24 * 60 * MINUTE


@dataclass(frozen=True, kw_only=True)
class Metric:
    """A metric, and how CloudWatch aggregates its values over a period.

    Args:
        statistic: such as `Average`, `Sum`, or a percentile such as `p95`.
    """

    namespace: pulumi.Input[str]
    name: pulumi.Input[str]
    statistic: str = "Average"
    dimensions: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
