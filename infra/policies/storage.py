"""Policies on storage: encryption, public access, backups."""

import json
from collections.abc import Iterator

from infra.policies.rule import Properties, rule, true

OPEN_ACLS = ("public-read", "public-read-write", "authenticated-read")
BLOCKS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")


@rule("aws:ebs/volume:Volume", "aws:efs/fileSystem:FileSystem")
def encrypted_storage(props: Properties) -> Iterator[str]:
    """Volumes and file systems are encrypted."""
    if not true(props.get("encrypted")):
        yield "its data is not encrypted; set encrypted=True."


@rule("aws:rds/instance:Instance", "aws:rds/cluster:Cluster")
def encrypted_database(props: Properties) -> Iterator[str]:
    """Databases are encrypted."""
    if not true(props.get("storageEncrypted")):
        yield "its data is not encrypted; set storage_encrypted=True."


@rule("aws:eks/cluster:Cluster")
def encrypted_cluster_secrets(props: Properties) -> Iterator[str]:
    """Kubernetes' Secrets are encrypted with a key of the account."""
    if "secrets" not in ((props.get("encryptionConfig") or {}).get("resources") or []):
        yield "its Secrets have no key of yours; set encryption_config for the resources secrets."


@rule("aws:ec2/instance:Instance")
def encrypted_disks(props: Properties) -> Iterator[str]:
    """The volumes of an EC2 instance are encrypted."""
    disks = [props.get("rootBlockDevice") or {}, *(props.get("ebsBlockDevices") or [])]
    if not all(true(disk.get("encrypted")) for disk in disks):
        yield "a volume is not encrypted; set encrypted=True in each block device, also in the root's."


@rule("aws:ec2/launchTemplate:LaunchTemplate")
def encrypted_template_disks(props: Properties) -> Iterator[str]:
    """The volumes in a launch template are encrypted."""
    disks = [found["ebs"] for found in props.get("blockDeviceMappings") or [] if found.get("ebs")]
    if not disks or not all(true(disk.get("encrypted")) for disk in disks):
        yield "a volume is not encrypted; map each device, also the root's, with encrypted=True."


@rule("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock")
def closed_bucket(props: Properties) -> Iterator[str]:
    """A bucket's public access block is complete."""
    missing = [block for block in BLOCKS if not true(props.get(block))]
    if missing:
        yield f"the bucket can be made public; set {', '.join(missing)} to true."


@rule("aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2", "aws:s3/bucketAcl:BucketAcl")
def no_public_acl(props: Properties) -> Iterator[str]:
    """No ACL opens a bucket."""
    if props.get("acl") in OPEN_ACLS:
        yield "the ACL opens the bucket to others; leave acl out."


@rule("aws:s3/bucketPolicy:BucketPolicy")
def no_public_bucket_policy(props: Properties) -> Iterator[str]:
    """No policy opens a bucket to everybody."""
    for statement in json.loads(props.get("policy") or "{}").get("Statement", []):
        everybody = statement.get("Principal") in ("*", {"AWS": "*"}, {"AWS": ["*"]})
        if statement.get("Effect") == "Allow" and everybody and not statement.get("Condition"):
            yield "the policy opens the bucket to everybody; name a Principal."


@rule("aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration")
def encrypted_bucket(props: Properties) -> Iterator[str]:
    """A bucket encrypts its objects with AES-256 or with a KMS key."""
    for found in props.get("rules") or [{}]:
        chosen = (found.get("applyServerSideEncryptionByDefault") or {}).get("sseAlgorithm")
        if chosen not in ("AES256", "aws:kms", "aws:kms:dsse"):
            yield "objects are not encrypted by default; set sse_algorithm to AES256 or aws:kms."


@rule("aws:rds/instance:Instance", "aws:rds/cluster:Cluster")
def database_backups(props: Properties) -> Iterator[str]:
    """A database has backups."""
    if not props.get("replicateSourceDb") and not props.get("backupRetentionPeriod"):
        yield "the database has no backups; set backup_retention_period to 1 day at least."
