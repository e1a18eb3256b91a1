"""The provider doubles refuse what the real providers would."""

from pathlib import Path

import pytest

from tests.engine.doubles.aws_double import Double
from tests.engine.doubles.cloud import Call, Cloud
from tests.engine.doubles.schema import Schema
from tests.engine.doubles.wire import SECRET, SIGNATURE, Properties

VOLUME, ATTACHMENT = "aws:ebs/volume:Volume", "aws:ec2/volumeAttachment:VolumeAttachment"
INSTANCE, RULE = "aws:ec2/instance:Instance", "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"


@pytest.fixture(scope="module")
def aws() -> Schema:
    """What the installed SDK for AWS declares."""
    return Schema("aws")


@pytest.mark.parametrize(
    ("kind", "inputs"),
    [
        (VOLUME, {"availabilityZone": "us-east-1a", "size": 10, "encrypted": True}),
        (VOLUME, {"availabilityZone": {SIGNATURE: SECRET, "value": "us-east-1a"}}),
        (INSTANCE, {"instanceType": "t2.micro", "rootBlockDevice": {"volumeSize": 8}}),
        (INSTANCE, {"vpcSecurityGroupIds": ["sg-1"], "tags": {"Name": "app"}}),
    ],
)
def test_declared_properties_are_taken(aws: Schema, kind: str, inputs: Properties) -> None:
    assert aws.kind(kind).faults(inputs) == []


@pytest.mark.parametrize(
    ("kind", "inputs", "where"),
    [
        (VOLUME, {"size": 10}, "availabilityZone"),
        (VOLUME, {"availabilityZone": "us-east-1a", "sise": 10}, "sise"),
        (VOLUME, {"availability_zone": "us-east-1a", "availabilityZone": "a"}, "availability_zone"),
        (VOLUME, {"availabilityZone": "us-east-1a", "size": "big"}, "size"),
        (VOLUME, {"availabilityZone": "us-east-1a", "size": 10.5}, "size"),
        (VOLUME, {"availabilityZone": "us-east-1a", "encrypted": "true"}, "encrypted"),
        (VOLUME, {"availabilityZone": {SIGNATURE: SECRET, "value": 7}}, "availabilityZone"),
        (INSTANCE, {"rootBlockDevice": {"volumeSise": 8}}, "rootBlockDevice.volumeSise"),
        (INSTANCE, {"vpcSecurityGroupIds": "sg-1"}, "vpcSecurityGroupIds"),
        (INSTANCE, {"vpcSecurityGroupIds": ["sg-1", 2]}, "vpcSecurityGroupIds[1]"),
        (RULE, {"ipProtocol": "tcp"}, "securityGroupId"),
    ],
)
def test_other_properties_are_refused(aws: Schema, kind: str, inputs: Properties, where: str) -> None:
    assert [fault[0] for fault in aws.kind(kind).faults(inputs)] == [where]


@pytest.mark.parametrize(
    ("kind", "inputs", "said"),
    [
        (
            "aws:eks/addon:Addon",
            {
                "addonName": "aws-efs-csi-driver",
                "podIdentityAssociations": [{"serviceAccount": "efs-csi-node-sa"}],
            },
            "efs-csi-node-sa",
        ),
        ("aws:ec2/keyPair:KeyPair", {"publicKey": "ecdsa-sha2-nistp256 AAAA ana"}, "InvalidKey.Format"),
    ],
)
def test_what_aws_refuses_although_the_sdk_accepts_it_is_refused(
    kind: str, inputs: Properties, said: str
) -> None:
    assert said in Double().refusal(kind, inputs)


def test_what_the_sdk_does_not_have_is_refused(aws: Schema) -> None:
    with pytest.raises(LookupError, match="has no aws:ec2/instance:Machine"):
        aws.kind("aws:ec2/instance:Machine")
    assert aws.function_faults("aws:ssm/getParameter:getParameter", {"name": "a"}) == []
    assert aws.function_faults("aws:ssm/getParameter:getParameter", {"nane": "a"})
    assert aws.function_faults("aws:ssm/getParametre:getParametre", {})


def test_a_property_that_shares_its_name_with_a_nested_type_is_told_apart(aws: Schema) -> None:
    versioning = aws.kind("aws:s3/bucketVersioning:BucketVersioning")
    assert not versioning.faults({"bucket": "b", "versioningConfiguration": {"status": "Enabled"}})


def test_the_providers_own_settings_are_read_from_json_and_checked(aws: Schema) -> None:
    good = aws.provider_settings({"region": "us-east-1", "endpoints": '[{"ec2": "http://127.0.0.1:1"}]'})
    assert aws.provider_faults(good) == []
    wrong = aws.provider_settings({"endpoints": '[{"ec3": "http://127.0.0.1:1"}]'})
    assert [fault[0] for fault in aws.provider_faults(wrong)] == ["endpoints[0].ec3"]


def made(kind: str, id_: str, **inputs: object) -> Call:
    """The call that has made something."""
    return Call(operation="create", type=kind, name=id_, id=id_, inputs=dict(inputs))


def test_what_is_still_referred_to_has_users_until_they_are_gone(tmp_path: Path) -> None:
    cloud = Cloud(tmp_path)
    volume = made(VOLUME, "vol-1", availabilityZone="us-east-1a")
    attachment = made(ATTACHMENT, "vai-1", volumeId={SIGNATURE: SECRET, "value": "vol-1"})
    for call in (volume, attachment):
        cloud.record(call)
    assert cloud.users(volume) == [f"{ATTACHMENT} vai-1"]
    assert cloud.users(attachment) == []
    cloud.record(Call(operation="delete", type=ATTACHMENT, id="vai-1"))
    assert cloud.users(volume) == []


def test_parts_of_a_bucket_do_not_hold_each_other(tmp_path: Path) -> None:
    cloud = Cloud(tmp_path)
    bucket = Call(
        operation="create",
        type="aws:s3/bucket:Bucket",
        id="b-1",
        naming="bucket",
        inputs={"bucket": "b-1"},
    )
    policy = made("aws:s3/bucketPolicy:BucketPolicy", "b-1", bucket="b-1")
    versions = made("aws:s3/bucketVersioning:BucketVersioning", "b-1", bucket="b-1")
    for call in (bucket, policy, versions):
        cloud.record(call)
    assert cloud.users(policy) == []
    assert len(cloud.users(bucket)) == 2


def test_a_longer_name_is_another_one(tmp_path: Path) -> None:
    cloud = Cloud(tmp_path)
    repository = made("aws:ecr/repository:Repository", "shop/user")
    cloud.record(repository)
    cloud.record(made("aws:ecr/repository:Repository", "shop/user-db", name="shop/user-db"))
    assert cloud.users(repository) == []
    policy = made("aws:ecr/repositoryPolicy:RepositoryPolicy", "p-1", text="repository/shop/user, all of it")
    cloud.record(policy)
    assert cloud.users(repository) == ["aws:ecr/repositoryPolicy:RepositoryPolicy p-1"]
