"""For each policy a resource that it stops and a near one that it lets pass."""

import base64
import json
from dataclasses import dataclass
from typing import Any

Properties = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """A resource of a type, once at fault and once not."""

    policy: str
    type: str
    stopped: Properties
    passed: Properties


INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
GROUP, RULE = "aws:ec2/securityGroup:SecurityGroup", "aws:ec2/securityGroupRule:SecurityGroupRule"
DATABASE, CLUSTER = "aws:rds/instance:Instance", "aws:eks/cluster:Cluster"
VOLUME, FILES = "aws:ebs/volume:Volume", "aws:efs/fileSystem:FileSystem"
INSTANCE, TEMPLATE = "aws:ec2/instance:Instance", "aws:ec2/launchTemplate:LaunchTemplate"
BUCKET, BUCKET_POLICY = "aws:s3/bucket:Bucket", "aws:s3/bucketPolicy:BucketPolicy"
BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
BUCKET_ENCRYPTION = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
BALANCER = "aws:lb/loadBalancer:LoadBalancer"
LISTENER, DISTRIBUTION = "aws:lb/listener:Listener", "aws:cloudfront/distribution:Distribution"
PARAMETERS, ROLE_POLICY = "aws:rds/parameterGroup:ParameterGroup", "aws:iam/rolePolicy:RolePolicy"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
DEPLOYMENT, JOB = "kubernetes:apps/v1:Deployment", "kubernetes:batch/v1:CronJob"
WORLD = "0.0.0.0/0"
OPEN = {"blockPublicAcls": True, "ignorePublicAcls": True, "restrictPublicBuckets": True}


def tcp(port: int, **more: object) -> Properties:
    """Return a rule for one port."""
    return {"ipProtocol": "tcp", "fromPort": port, "toPort": port, **more}


def document(**statement: object) -> Properties:
    """Return a policy with one statement that allows something."""
    return {"policy": json.dumps({"Statement": [{"Effect": "Allow", **statement}]})}


def pod(container: Properties | None = None, **spec: object) -> Properties:
    """Return a workload of one container."""
    return {"spec": {"template": {"spec": {"containers": [{"name": "shop", **(container or {})}], **spec}}}}


def told(text: str) -> Properties:
    """Return user data as a launch template has it."""
    return {"userData": base64.b64encode(text.encode()).decode()}


def disk(encrypted: bool) -> Properties:
    """Return a launch template's disk."""
    return {"blockDeviceMappings": [{"deviceName": "/dev/sda1", "ebs": {"encrypted": encrypted}}]}


def tags(**chosen: str) -> Properties:
    """Return a provider's settings, as text."""
    return {"defaultTags": json.dumps({"tags": chosen})}


CASES = [
    Case("no-open-port", INGRESS, tcp(22, cidrIpv4=WORLD), tcp(22, cidrIpv4="203.0.113.7/32")),
    Case("no-open-port", INGRESS, tcp(3306, cidrIpv6="::/0"), tcp(443, cidrIpv6="::/0")),
    Case("no-open-port", INGRESS, tcp(22, cidrIpv4="128.0.0.0/1"), tcp(22, referencedSecurityGroupId="sg-1")),
    Case(
        "no-open-port",
        INGRESS,
        {"ipProtocol": "tcp", "fromPort": 80, "toPort": 443, "cidrIpv4": WORLD},
        tcp(80, cidrIpv4=WORLD),
    ),
    Case(
        "no-open-port",
        INGRESS,
        {"ipProtocol": "-1", "cidrIpv4": WORLD},
        {"ipProtocol": "-1", "cidrIpv4": "10.0.0.0/8"},
    ),
    Case(
        "no-open-port-in-group",
        GROUP,
        {"ingress": [{"protocol": "tcp", "fromPort": 22, "toPort": 22, "cidrBlocks": [WORLD]}]},
        {"ingress": [{"protocol": "tcp", "fromPort": 443, "toPort": 443, "cidrBlocks": [WORLD]}]},
    ),
    Case(
        "no-open-port-in-rule",
        RULE,
        {"type": "ingress", "protocol": "tcp", "fromPort": 22, "toPort": 22, "cidrBlocks": [WORLD]},
        {"type": "egress", "protocol": "tcp", "fromPort": 22, "toPort": 22, "cidrBlocks": [WORLD]},
    ),
    Case("no-public-database", DATABASE, {"publiclyAccessible": True}, {"publiclyAccessible": False}),
    Case(
        "no-open-cluster",
        CLUSTER,
        {"vpcConfig": {"endpointPublicAccess": True}},
        {"vpcConfig": {"endpointPublicAccess": True, "publicAccessCidrs": ["203.0.113.7/32"]}},
    ),
    Case("encrypted-storage", VOLUME, {"size": 5}, {"encrypted": True}),
    Case("encrypted-storage", FILES, {"encrypted": False}, {"encrypted": True}),
    Case("encrypted-database", DATABASE, {}, {"storageEncrypted": True}),
    Case(
        "encrypted-cluster-secrets",
        CLUSTER,
        {"encryptionConfig": {"provider": {"keyArn": "arn:a"}, "resources": []}},
        {"encryptionConfig": {"provider": {"keyArn": "arn:a"}, "resources": ["secrets"]}},
    ),
    Case("encrypted-disks", INSTANCE, {}, {"rootBlockDevice": {"encrypted": True}}),
    Case("encrypted-template-disks", TEMPLATE, disk(False), disk(True)),
    Case("closed-bucket", BLOCK, OPEN, OPEN | {"blockPublicPolicy": True}),
    Case("no-public-acl", BUCKET, {"acl": "public-read"}, {"acl": "private"}),
    Case(
        "no-public-bucket-policy",
        BUCKET_POLICY,
        document(Principal="*", Action="s3:GetObject"),
        document(Principal={"Service": "cloudfront.amazonaws.com"}, Action="s3:GetObject"),
    ),
    Case(
        "encrypted-bucket",
        BUCKET_ENCRYPTION,
        {"rules": [{}]},
        {"rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}]},
    ),
    Case("database-backups", DATABASE, {"backupRetentionPeriod": 0}, {"backupRetentionPeriod": 7}),
    Case("imds-v2", INSTANCE, {}, {"metadataOptions": {"httpTokens": "required"}}),
    Case(
        "imds-v2",
        TEMPLATE,
        {"metadataOptions": {"httpTokens": "optional"}},
        {"metadataOptions": {"httpTokens": "required"}},
    ),
    Case(
        "no-secret-in-user-data",
        INSTANCE,
        {"userData": "DATABASE_PASSWORD=hunter2"},
        {"userData": "DATABASE_PASSWORD=arn:aws:secretsmanager:us-east-1:123456789012:secret:a"},
    ),
    Case("no-secret-in-user-data", TEMPLATE, told("export API_KEY=abc"), told("export API_HOST=abc")),
    Case("no-secret-in-user-data", TEMPLATE, told("login AKIA" + 16 * "A"), told("login AKIA")),
    Case(
        "modern-balancer-tls",
        LISTENER,
        {"protocol": "HTTPS", "sslPolicy": "ELBSecurityPolicy-2016-08"},
        {"protocol": "HTTPS", "sslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06"},
    ),
    Case(
        "no-plain-forwarding",
        LISTENER,
        {"protocol": "HTTP", "defaultActions": [{"type": "forward"}]},
        {"protocol": "HTTP", "defaultActions": [{"type": "redirect"}]},
    ),
    Case(
        "modern-distribution-tls",
        DISTRIBUTION,
        {"viewerCertificate": {"minimumProtocolVersion": "TLSv1"}},
        {"viewerCertificate": {"minimumProtocolVersion": "TLSv1.2_2021"}},
    ),
    Case(
        "no-plain-visitors",
        DISTRIBUTION,
        {"defaultCacheBehavior": {"viewerProtocolPolicy": "allow-all"}},
        {"defaultCacheBehavior": {"viewerProtocolPolicy": "redirect-to-https"}},
    ),
    Case(
        "database-tls",
        PARAMETERS,
        {"family": "mysql8.4"},
        {"family": "mysql8.4", "parameters": [{"name": "require_secure_transport", "value": "1"}]},
    ),
    Case("database-parameters", DATABASE, {}, {"parameterGroupName": "ours"}),
    Case("default-tags", "pulumi:providers:aws", tags(Project="shop"), tags(Project="shop", Stack="it")),
    Case("log-retention", "aws:cloudwatch/logGroup:LogGroup", {}, {"retentionInDays": 30}),
    Case(
        "cluster-audit",
        CLUSTER,
        {"enabledClusterLogTypes": ["api"]},
        {"enabledClusterLogTypes": ["api", "audit"]},
    ),
    Case("balancer-logs", BALANCER, {"accessLogs": {"bucket": "b"}}, {"accessLogs": {"enabled": True}}),
    Case(
        "scanned-images",
        "aws:ecr/repository:Repository",
        {},
        {"imageScanningConfiguration": {"scanOnPush": True}},
    ),
    Case("immutable-tags", "aws:ecr/repository:Repository", {}, {"imageTagMutability": "IMMUTABLE"}),
    Case(
        "no-wildcard-action",
        ROLE_POLICY,
        document(Action="s3:*", Resource="arn:a"),
        document(Action=["s3:GetObject"], Resource="arn:a"),
    ),
    Case(
        "no-wildcard-resource",
        ROLE_POLICY,
        document(Action=["s3:GetObject"], Resource=["*"]),
        document(Action=["ecr:GetAuthorizationToken"], Resource=["*"]),
    ),
    Case(
        "no-administrator",
        ATTACHMENT,
        {"policyArn": "arn:aws:iam::aws:policy/AdministratorAccess"},
        {"policyArn": "arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy"},
    ),
    Case(
        "no-privileged-container",
        DEPLOYMENT,
        pod({"securityContext": {"privileged": True}}),
        pod({"securityContext": {"privileged": False}}),
    ),
    Case("no-host-namespace", DEPLOYMENT, pod(hostNetwork=True), pod(hostNetwork=False)),
    Case("container-limits", DEPLOYMENT, pod(), pod({"resources": {"limits": {"memory": "64Mi"}}})),
    Case(
        "container-limits",
        JOB,
        {"spec": {"jobTemplate": pod()}},
        {"spec": {"jobTemplate": pod({"resources": {"limits": {"memory": "64Mi"}}})}},
    ),
    Case("no-latest-image", DEPLOYMENT, pod({"image": "host:5000/shop"}), pod({"image": "host:5000/shop:1"})),
    Case(
        "no-latest-image",
        DEPLOYMENT,
        pod({"image": "shop:latest", "imagePullPolicy": "IfNotPresent"}),
        pod({"image": "shop:latest", "imagePullPolicy": "Never"}),
    ),
    Case(
        "no-plain-secret-in-environment",
        DEPLOYMENT,
        pod({"env": [{"name": "DB_PASSWORD", "value": "hunter2"}]}),
        pod({"env": [{"name": "DB_PASSWORD", "valueFrom": {"secretKeyRef": {"name": "db"}}}]}),
    ),
    Case(
        "no-plain-secret-in-environment",
        DEPLOYMENT,
        pod({"env": [{"name": "FILE_TOKEN", "value": "hunter2"}]}),
        pod({"env": [{"name": "TOKEN_FILE", "value": "/run/secrets/token"}]}),
    ),
]
