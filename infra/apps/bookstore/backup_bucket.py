"""A bucket for backups: database dumps and copies of cover pictures."""

from dataclasses import dataclass

import pulumi

from infra.components.aws.data.private_bucket import PrivateBucket, PrivateBucketArgs
from infra.components.aws.iam.grant import Grant

DUMPS, COVERS = "dumps/", "covers/"  # prefixes, which the scripts in infra/boot name as well


@dataclass(frozen=True, kw_only=True)
class BackupBucketArgs:
    """Arguments for `BackupBucket`.

    Args:
        retention_days: after how many days S3 deletes a dump.
        retain_data: keep the bucket when the stack is destroyed; otherwise delete it with its backups.
    """

    retention_days: int
    retain_data: bool


class BackupBucket(pulumi.ComponentResource):
    """A private bucket for dumps, which expire, and for copies of cover pictures, which do not."""

    name: pulumi.Output[str]

    def __init__(self, name: str, args: BackupBucketArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("bookstore:apps:BackupBucket", name, None, opts)
        bucket = PrivateBucket(
            name,
            PrivateBucketArgs(
                expiration_days=args.retention_days,
                expiration_prefix=DUMPS,
                retain_data=args.retain_data,
                versioning=True,
            ),
            pulumi.ResourceOptions(parent=self),
        )
        self.name = bucket.name
        self._arn = bucket.arn
        self.register_outputs({"name": self.name})

    def exchange(self, prefix: str) -> list[Grant]:
        """Return grants to read and write below a prefix. Nobody may delete: a faulty server must not."""
        return [
            Grant(
                actions=["s3:GetObject", "s3:PutObject"],
                resources=[pulumi.Output.concat(self._arn, f"/{prefix}*")],
            ),
            Grant(
                actions=["s3:ListBucket"],
                resources=[self._arn],
                conditions={"StringLike": {"s3:prefix": f"{prefix}*"}},
            ),
        ]
