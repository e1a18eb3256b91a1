"""pulumi-aws: identifiers, addresses and ARNs as AWS gives them."""

import secrets
from collections.abc import Callable

from tests.engine.doubles.provider import Behaviour, random_hex
from tests.engine.doubles.wire import Properties

ACCOUNT = "123456789012"
NAMING = {"Bucket": "bucket", "KeyPair": "keyName", "NodeGroup": "nodeGroupName"}
# Objects with an id from AWS; any other has its name as id.
NUMBERED = {
    "AccessPoint": "fsap",
    "DefaultSecurityGroup": "sg",
    "Distribution": "E",
    "Eip": "eipalloc",
    "EipAssociation": "eipassoc",
    "FileSystem": "fs",
    "Instance": "i",
    "InternetGateway": "igw",
    "Key": "key",
    "LaunchTemplate": "lt",
    "MountTarget": "fsmt",
    "NatGateway": "nat",
    "PodIdentityAssociation": "a",
    "Route": "r",
    "RouteTable": "rtb",
    "RouteTableAssociation": "rtbassoc",
    "SecurityGroup": "sg",
    "SecurityGroupEgressRule": "sgr",
    "SecurityGroupIngressRule": "sgr",
    "Subnet": "subnet",
    "Volume": "vol",
    "VolumeAttachment": "vai",
    "Vpc": "vpc",
    "VpcEndpoint": "vpce",
    "WebAcl": "acl",
}
# Objects whose id is their ARN.
BY_ARN = {
    *("Component", "Image", "ImageRecipe", "InfrastructureConfiguration"),
    *("Listener", "ListenerRule", "LoadBalancer", "TargetGroup"),
    *("Secret", "Topic", "TopicSubscription"),
}
# Properties whose change replaces the object, as documented for each type.
IMMUTABLE = {
    "AccessPoint": {"fileSystemId", "posixUser", "rootDirectory"},
    "Component": {"data", "platform", "version"},
    "Addon": {"addonName", "clusterName"},
    "Attachment": {"autoscalingGroupName", "lbTargetGroupArn"},
    "Cluster": {"encryptionConfig", "name", "roleArn"},
    "EipAssociation": {"allocationId", "instanceId"},
    "FileSystem": {"encrypted", "performanceMode"},
    "Image": {"imageRecipeArn", "imageTestsConfiguration", "infrastructureConfigurationArn"},
    "ImageRecipe": {"blockDeviceMappings", "components", "parentImage", "version"},
    "Instance": {"ami", "availabilityZone", "keyName", "privateIp", "subnetId", "associatePublicIpAddress"},
    "KeyPair": {"keyName", "publicKey"},
    "LifecyclePolicy": {"repository"},
    "Listener": {"loadBalancerArn"},
    "ListenerRule": {"listenerArn"},
    "MountTarget": {"fileSystemId", "subnetId"},
    "NatGateway": {"allocationId", "subnetId"},
    "ParameterGroup": {"family"},
    "RolePolicyAttachment": {"policyArn"},
    "NodeGroup": {"amiType", "clusterName", "instanceTypes", "nodeRoleArn", "subnetIds"},
    "PodIdentityAssociation": {"clusterName", "namespace", "serviceAccount"},
    "Route": {"destinationCidrBlock", "routeTableId"},
    "RouteTableAssociation": {"subnetId"},
    "SecretVersion": {"secretId"},
    "SecurityGroup": {"description", "name", "vpcId"},
    "SecurityGroupEgressRule": {"securityGroupId"},
    "SecurityGroupIngressRule": {"securityGroupId"},
    "Subnet": {"availabilityZone", "cidrBlock", "vpcId"},
    "TargetGroup": {"port", "protocol", "targetType"},
    "Volume": {"availabilityZone", "encrypted", "kmsKeyId", "snapshotId"},
    "VolumeAttachment": {"deviceName", "instanceId", "volumeId"},
    "Vpc": {"cidrBlock"},
}
# The service accounts that EKS lets an add-on associate with a role; aws-efs-csi-driver's issue 1759 for EFS.
ADD_ON_ACCOUNTS = {
    "aws-ebs-csi-driver": {"ebs-csi-controller-sa"},
    "aws-efs-csi-driver": {"efs-csi-controller-sa"},
    "vpc-cni": {"aws-node"},
}


class Double(Behaviour):
    """AWS, as far as the stages use it."""

    package = "aws"
    immutable = frozenset({"bucket", "name", "namePrefix", "role", "vpcId", "region"})

    def refusal(self, type_: str, inputs: Properties) -> str:
        """Refuse what AWS refuses although the SDK accepts it."""
        kind = _kind(type_)
        if kind == "Addon":
            accounts = {each["serviceAccount"] for each in inputs.get("podIdentityAssociations") or ()}
            if unknown := accounts - ADD_ON_ACCOUNTS.get(str(inputs["addonName"]), set()):
                return f"InvalidParameterException: no Pod Identity association for {sorted(unknown)}"
        if kind == "KeyPair" and not str(inputs["publicKey"]).startswith(("ssh-rsa ", "ssh-ed25519 ")):
            return "InvalidKey.Format: Key is not in valid OpenSSH public key format"
        return ""

    def naming(self, type_: str) -> str:
        """Return the input for the name; buckets and key pairs have their own."""
        return NAMING.get(_kind(type_), "name")

    def identify(self, type_: str, inputs: Properties) -> str:
        """Return a number behind the type's letters, an ARN, or the object's name."""
        kind, name = _kind(type_), str(inputs.get(self.naming(type_)))
        if prefix := NUMBERED.get(kind):
            return f"{prefix}-{random_hex(17)}"
        if kind in BY_ARN:
            return self._arn(type_, f"{name}-{random_hex(6)}")
        if kind == "SecretVersion":
            return f"{inputs['secretId']}|{random_hex(32)}"
        if kind in ("Addon", "NodeGroup"):
            return f"{inputs['clusterName']}:{inputs.get('addonName') or name}"
        if kind == "Attachment":
            return f"{inputs['autoscalingGroupName']}-{random_hex(26)}"
        if kind == "RolePolicyAttachment":
            return f"{inputs['role']}-{random_hex(26)}"
        if kind == "RolePolicy":
            return f"{inputs['role']}:{name}"
        if kind == "Record":
            return f"{inputs['zoneId']}_{name}_{inputs['type']}"
        for key in ("bucket", "repository", "dashboardName", self.naming(type_), "fileSystemId"):
            if inputs.get(key) is not None:
                return str(inputs[key])
        raise LookupError(f"the double knows no id for {type_}")

    def outputs(self, type_: str, id_: str, inputs: Properties) -> Properties:
        """Return the ARN, the region, all tags, and the outputs of the type."""
        more: dict[str, Callable[[], Properties]] = {
            "Bucket": lambda: {
                "arn": f"arn:aws:s3:::{id_}",
                "bucketRegionalDomainName": f"{id_}.s3.{self._region}",
            },
            "Cluster": lambda: {
                "endpoint": f"https://{random_hex(32).upper()}.gr7.{self._region}.eks.amazonaws.com",
                "version": "1.34",
                "vpcConfig": {"clusterSecurityGroupId": f"sg-{random_hex(17)}"},
            },
            "Eip": lambda: {"allocationId": id_, "publicIp": f"203.0.113.{1 + secrets.randbelow(254)}"},
            "Distribution": lambda: {"domainName": f"d{random_hex(13)}.cloudfront.net"},
            "Image": lambda: {
                "arn": id_,
                "outputResources": [{"amis": [{"image": f"ami-{random_hex(17)}"}]}],
            },
            "Instance": lambda: {
                "address": f"{inputs.get('identifier')}.{self._region}.rds.amazonaws.com",
                "privateIp": f"10.20.{secrets.randbelow(16)}.{4 + secrets.randbelow(250)}",
                "primaryNetworkInterfaceId": f"eni-{random_hex(17)}",
                "instanceState": "running",
            },
            "LaunchTemplate": lambda: {"latestVersion": 1},
            "LoadBalancer": lambda: {
                "arn": id_,
                "arnSuffix": id_.partition("/")[2],
                "dnsName": f"{id_.rpartition('/')[2]}.{self._region}.elb.amazonaws.com",
                "zoneId": "Z35SXDOTRQ7X7K",
            },
            "TargetGroup": lambda: {"arn": id_, "arnSuffix": id_.rpartition(":")[2]},
            "NodeGroup": lambda: {
                "resources": [{"autoscalingGroups": [{"name": f"eks-{id_.rpartition(':')[2]}"}]}]
            },
            "KeyPair": lambda: {"keyPairId": f"key-{random_hex(17)}"},
            "Repository": lambda: {
                "registryId": ACCOUNT,
                "repositoryUrl": f"{ACCOUNT}.dkr.ecr.{self._region}.amazonaws.com/{id_}",
            },
            "Secret": lambda: {"arn": id_},
            "SecretVersion": lambda: {"arn": inputs["secretId"], "versionId": id_.rpartition("|")[2]},
            "Topic": lambda: {"arn": id_},
            "TopicSubscription": lambda: {"arn": id_},
        }
        made = more.get(_kind(type_), lambda: {"arn": id_} if _kind(type_) in BY_ARN else {})()
        own = inputs.get("tags", {})
        # An Auto Scaling group has a list of tags.
        tags = {
            **self.settings.get("defaultTags", {}).get("tags", {}),
            **(own if isinstance(own, dict) else {}),
        }
        return {"arn": self._arn(type_, id_), "region": self._region, "tagsAll": tags, **made}

    def replacing(self, type_: str, inputs: Properties, changed: set[str]) -> set[str]:
        """Return the properties that replace it; user data only where the program says so."""
        immutable = self.immutable | IMMUTABLE.get(_kind(type_), set())
        if inputs.get("userDataReplaceOnChange"):
            immutable |= {"userData", "userDataBase64"}
        if _kind(type_) == "Instance" and "rootBlockDevice" in changed:
            immutable |= {"rootBlockDevice"}
        return changed & immutable

    def renewed(self, type_: str, outputs: Properties) -> Properties:
        """Return the next version of a launch template."""
        if _kind(type_) != "LaunchTemplate":
            return {}
        return {"latestVersion": int(outputs["latestVersion"]) + 1}

    def answer(self, token: str, arguments: Properties) -> Properties:
        """Answer the functions that the stages call."""
        answers: dict[str, Callable[[], Properties]] = {
            "aws:ecr/getAuthorizationToken:getAuthorizationToken": lambda: {
                "userName": "AWS",
                "password": random_hex(40),
            },
            "aws:ec2/getInstances:getInstances": lambda: {"privateIps": ["10.20.128.20", "10.20.144.20"]},
            "aws:ec2/getManagedPrefixList:getManagedPrefixList": lambda: {"id": "pl-3b927c52", **arguments},
            "aws:index/getCallerIdentity:getCallerIdentity": lambda: {"accountId": ACCOUNT},
            "aws:index/getAvailabilityZones:getAvailabilityZones": lambda: {
                "names": [f"{self._region}{letter}" for letter in "abcdf"]
            },
            "aws:index/getRegion:getRegion": lambda: {"region": self._region, "id": self._region},
            "aws:route53/getZone:getZone": lambda: {"zoneId": "Z0123456789ABCDEFGHIJ", **arguments},
            "aws:ssm/getParameter:getParameter": lambda: {"value": "ami-0123456789abcdef0", **arguments},
        }
        return answers[token]()

    @property
    def _region(self) -> str:
        return str(self.settings["region"])

    def _arn(self, type_: str, name: str) -> str:
        service = type_.split(":")[1].split("/", maxsplit=1)[0]
        return f"arn:aws:{service}:{self._region}:{ACCOUNT}:{_kind(type_).lower()}/{name}"


def _kind(type_: str) -> str:
    return type_.rpartition(":")[2]
