"""What we chose for `monolith`, as the resources of the whole stage."""

import json
import re
from typing import Any

import pytest

from infra.components.aws.compute.user_data import LIMIT
from tests.infra.capture import SECRET, Capture, policy_of, texts
from tests.infra.stage import deploy_monolith

INSTANCE = "aws:ec2/instance:Instance"
VOLUME = "aws:ebs/volume:Volume"
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
# Where a secret belongs: the store, what makes it, and what uses it at deployment only.
SECRETS_BELONG = {
    ("aws:secretsmanager/secretVersion:SecretVersion", "secretString"),
    ("tls:index/selfSignedCert:SelfSignedCert", "privateKeyPem"),
    ("tls:index/certRequest:CertRequest", "privateKeyPem"),
    ("tls:index/locallySignedCert:LocallySignedCert", "caPrivateKeyPem"),
    ("docker:index/image:Image", "registry"),
}


@pytest.fixture(scope="module")
def stage() -> Capture:
    """The stage with the settings that it comes with."""
    return deploy_monolith()


def settings_of(stage: Capture, instance: str) -> dict[str, str]:
    """Return the one-line settings in an instance's user data."""
    user_data: str = stage.one(INSTANCE, instance).inputs["userData"]
    return dict(re.findall(r"^([A-Z0-9_]+)=(.*)$", user_data.split("END_OF_SETTINGS")[1], re.MULTILINE))


def read_secrets(stage: Capture, instance: str) -> set[str]:
    """Return the secrets that an instance's role may read."""
    return {
        arn.removeprefix("arn:aws:Secret:")
        for statement in policy_of(stage.one("aws:iam/rolePolicy:RolePolicy", instance))
        if "secretsmanager:GetSecretValue" in statement["Action"]
        for arn in statement["Resource"]
    }


def test_the_machines_are_those_of_the_objective(stage: Capture) -> None:
    sizes = {instance.name: instance.inputs["instanceType"] for instance in stage.of(INSTANCE)}
    assert sizes == {"app": "t2.small", "database": "t2.micro", "nat": "t3.nano"}


def test_sizes_and_images_are_settings() -> None:
    stage = deploy_monolith(
        appInstanceType="t3.medium",
        databaseInstanceType="t3.small",
        ami="ami-0123456789",
        databaseVolumeSize="30",
    )
    app, database = stage.one(INSTANCE, "app"), stage.one(INSTANCE, "database")
    assert (app.inputs["instanceType"], database.inputs["instanceType"]) == ("t3.medium", "t3.small")
    assert {app.inputs["ami"], database.inputs["ami"]} == {"ami-0123456789"}
    assert "ami" not in app.ignored_changes
    assert stage.one(VOLUME, "database-data").inputs["size"] == 30


def test_a_new_image_of_ubuntu_replaces_no_machine(stage: Capture) -> None:
    assert {instance.inputs["ami"] for instance in stage.of(INSTANCE)} == {"ami-of-the-day"}
    assert all("ami" in instance.ignored_changes for instance in stage.of(INSTANCE))


def test_machines_ask_for_tokens_and_encrypt_their_disks(stage: Capture) -> None:
    for instance in stage.of(INSTANCE):
        metadata, disk = instance.inputs["metadataOptions"], instance.inputs["rootBlockDevice"]
        assert (metadata["httpTokens"], metadata["httpPutResponseHopLimit"]) == ("required", 1)
        assert (disk["encrypted"], disk["volumeType"]) == (True, "gp3")
        assert "keyName" not in instance.inputs


def test_ssh_has_a_key_on_the_app_machine_alone() -> None:
    stage = deploy_monolith(sshCidr="203.0.113.7/32", sshPublicKey="ssh-ed25519 AAAA somebody")
    assert stage.one("aws:ec2/keyPair:KeyPair", "app").inputs["publicKey"] == "ssh-ed25519 AAAA somebody"
    assert [instance.name for instance in stage.of(INSTANCE) if "keyName" in instance.inputs] == ["app"]


def test_the_database_has_no_public_address(stage: Capture) -> None:
    database = stage.one(INSTANCE, "database")
    assert database.inputs["subnetId"] == "bookstore-private-0-id"
    assert "associatePublicIpAddress" not in database.inputs
    assert {found.inputs["instanceId"] for found in stage.of("aws:ec2/eipAssociation:EipAssociation")} == {
        "app-id"
    }


def test_a_new_machine_has_the_address_and_the_data_of_the_old_one(stage: Capture) -> None:
    database = stage.one(INSTANCE, "database")
    assert settings_of(stage, "app")["DATABASE_HOST"] == database.inputs["privateIp"] == "10.20.128.10"
    (request,) = stage.of("tls:index/certRequest:CertRequest")
    assert request.inputs["ipAddresses"] == [database.inputs["privateIp"]]
    attachments = {
        found.inputs["instanceId"]: found for found in stage.of("aws:ec2/volumeAttachment:VolumeAttachment")
    }
    for name in ("app", "database"):
        instance, attachment = stage.one(INSTANCE, name), attachments[f"{name}-id"]
        assert instance.inputs["userDataReplaceOnChange"] is True
        assert instance.deleted_before_replacement
        assert attachment.inputs["volumeId"] == f"{name}-data-id"
        assert attachment.inputs["stopInstanceBeforeDetaching"] is True
        assert attachment.deleted_before_replacement


@pytest.mark.parametrize(("keep", "retained"), [("true", True), ("false", False)])
def test_data_outlives_the_stack_if_it_is_kept(keep: str, retained: bool) -> None:
    stage = deploy_monolith(retainData=keep)
    kept = [*stage.of(VOLUME), *(found for found in stage.resources if found.type.startswith("aws:s3/"))]
    assert len(kept) == 8
    assert {found.retained for found in kept} == {retained}
    assert all(volume.inputs["encrypted"] for volume in stage.of(VOLUME))
    assert stage.one("aws:s3/bucket:Bucket", "backups").inputs["forceDestroy"] is not retained


def test_dumps_are_private_versioned_and_forgotten() -> None:
    stage = deploy_monolith(backupRetentionDays="30")
    closed = stage.one("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "backups").inputs
    closed.pop("bucket")
    assert closed == dict.fromkeys(
        ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"), True
    )
    (denial,) = policy_of(stage.one("aws:s3/bucketPolicy:BucketPolicy", "backups"))
    assert denial["Effect"] == "Deny"
    assert denial["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    versioning = stage.one("aws:s3/bucketVersioning:BucketVersioning", "backups").inputs
    assert versioning["versioningConfiguration"] == {"status": "Enabled"}
    (rule,) = stage.one("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", "backups").inputs[
        "rules"
    ]
    assert (rule["filter"], rule["expiration"]) == ({"prefix": "dumps/"}, {"days": 30})


@pytest.mark.parametrize(("instance", "prefix"), [("app", "covers/"), ("database", "dumps/")])
def test_each_machine_writes_and_reads_its_own_backups_alone(
    stage: Capture, instance: str, prefix: str
) -> None:
    assert settings_of(stage, instance)["BACKUP_BUCKET"] == "backups-bucket"
    policy = policy_of(stage.one("aws:iam/rolePolicy:RolePolicy", instance))
    objects, names = [one for one in policy if any(action.startswith("s3:") for action in one["Action"])]
    assert sorted(objects["Action"]) == ["s3:GetObject", "s3:PutObject"]
    assert objects["Resource"] == [f"arn:aws:Bucket:backups/{prefix}*"]
    assert names["Action"] == ["s3:ListBucket"]
    assert names["Condition"] == {"StringLike": {"s3:prefix": f"{prefix}*"}}


def test_secrets_are_nowhere_but_where_they_belong(stage: Capture) -> None:
    found = {
        (resource.type, key): key in resource.secrets
        for resource in stage.resources
        for key, value in resource.inputs.items()
        if any(SECRET in text for text in texts(value))
    }
    assert found.keys() == SECRETS_BELONG
    assert found["aws:secretsmanager/secretVersion:SecretVersion", "secretString"]
    assert found["docker:index/image:Image", "registry"]
    assert not [
        resource.urn
        for resource in stage.resources
        if any(SECRET in text for key, value in resource.outputs.items() for text in texts(value))
        and resource.type != "bookstore:apps:AppServer"
    ]


def test_each_machine_reads_its_own_secrets_alone(stage: Capture) -> None:
    assert read_secrets(stage, "app") == {"app-session-key", "app-demo-accounts", "database-password"}
    assert read_secrets(stage, "database") == {"database-password", "database-key"}
    assert read_secrets(stage, "nat") == set()


def test_roles_have_no_wildcards_but_where_iam_knows_no_resource(stage: Capture) -> None:
    everywhere = set()
    for policy in stage.of("aws:iam/rolePolicy:RolePolicy"):
        for statement in policy_of(policy):
            assert not [action for action in statement["Action"] if "*" in action]
            if statement["Resource"] == ["*"]:
                everywhere |= set(statement["Action"])
    assert everywhere == {
        "cloudwatch:PutMetricData",
        "ecr:GetAuthorizationToken",
        "ssm:UpdateInstanceInformation",
        "ssmmessages:CreateControlChannel",
        "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel",
    }


def test_a_machine_may_tag_itself_with_its_boot_status_alone(stage: Capture) -> None:
    (tags,) = [
        statement
        for statement in policy_of(stage.one("aws:iam/rolePolicy:RolePolicy", "database"))
        if "ec2:CreateTags" in statement["Action"]
    ]
    assert tags["Condition"] == {
        "StringEquals": {"aws:ResourceTag/Name": "database"},
        "ForAllValues:StringEquals": {"aws:TagKeys": "BootStatus"},
    }


def test_user_data_fits(stage: Capture) -> None:
    for instance in stage.of(INSTANCE):
        # A quarter is left for the longer names and the certificate that AWS and the engine make.
        assert len(instance.inputs["userData"].encode()) < LIMIT * 3 / 4


def test_every_resource_has_its_place(stage: Capture) -> None:
    blocks = {resource.urn for resource in stage.resources if not resource.custom}
    for resource in stage.resources:
        if resource.custom and resource.type != "pulumi:providers:aws":
            assert resource.parent in blocks, resource.urn
        elif not resource.custom:
            assert re.fullmatch(r"bookstore:(aws|apps|index):[A-Z]\w+", resource.type)


def test_everything_is_tagged_as_the_stacks(stage: Capture) -> None:
    (provider,) = stage.of("pulumi:providers:aws")
    assert json.loads(provider.inputs["defaultTags"]) == {
        "tags": {"Project": "bookstore", "Stack": "monolith"}
    }
    assert json.loads(provider.inputs["ignoreTags"]) == {"keys": ["BootStatus"]}
    assert "endpoints" not in provider.inputs


def test_an_emulator_gets_every_call_and_no_real_key() -> None:
    stage = deploy_monolith(emulator="http://127.0.0.1:5000")
    (provider,) = stage.of("pulumi:providers:aws")
    (endpoints,) = json.loads(provider.inputs["endpoints"])
    assert set(endpoints.values()) == {"http://127.0.0.1:5000"}
    used = {
        resource.type.split("/")[0].removeprefix("aws:")
        for resource in stage.resources
        if resource.type.startswith("aws:")
    }
    # These are parts of EC2, the name of its disks and networks.
    assert used - {"ebs", "vpc"} <= endpoints.keys()
    assert {"sts", "logs"} <= endpoints.keys()
    assert provider.inputs["accessKey"] == "test"
    assert not stage.of("docker:index/image:Image")


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ({}, "https://203-0-113-7.sslip.io"),
        ({"duckdnsDomain": "books", "duckdnsToken": SECRET + "duck"}, "https://books.duckdns.org"),
        ({"hostedZone": "example.com", "domainName": "shop.example.com"}, "https://shop.example.com"),
    ],
)
def test_the_shop_has_a_name(written: dict[str, str], url: str) -> None:
    stage = deploy_monolith(**written)
    assert stage.exports["url"] == url
    assert settings_of(stage, "app")["PUBLIC_NAME"] == url.removeprefix("https://")


def test_a_name_in_route_53_leads_to_the_elastic_ip() -> None:
    stage = deploy_monolith(hostedZone="example.com", domainName="shop.example.com")
    record = stage.one("aws:route53/record:Record", "shop").inputs
    assert (record["zoneId"], record["type"], record["records"]) == (
        "zone-of-example.com",
        "A",
        ["203.0.113.7"],
    )


def test_the_token_of_duckdns_stays_a_secret() -> None:
    stage = deploy_monolith(duckdnsDomain="books", duckdnsToken=SECRET + "duck")
    (record,) = [found for found in stage.resources if found.type.startswith("pulumi-python:dynamic")]
    assert record.inputs["address"] == "203.0.113.7"
    assert "token" in record.secrets
    assert SECRET + "duck" not in record.inputs["__provider"]


def alarms_of(stage: Capture) -> dict[str, dict[str, Any]]:
    """Return the stage's alarms by name."""
    return {alarm.name: alarm.inputs for alarm in stage.of(ALARM)}


def test_somebody_hears_of_every_alarm() -> None:
    stage = deploy_monolith(alarmEmail="keeper@example.com")
    subscription = stage.one("aws:sns/topicSubscription:TopicSubscription", "alarms").inputs
    assert (subscription["protocol"], subscription["endpoint"]) == ("email", "keeper@example.com")
    for alarm in alarms_of(stage).values():
        assert subscription["topic"] in alarm["alarmActions"]


def test_without_an_address_nobody_is_subscribed(stage: Capture) -> None:
    assert not stage.of("aws:sns/topicSubscription:TopicSubscription")


def test_every_machine_is_watched_and_mends_itself(stage: Capture) -> None:
    alarms = alarms_of(stage)
    for instance in ("app", "database", "nat"):
        assert {f"{instance}-{what}" for what in ("system", "instance", "cpu", "memory", "disk-root")} <= set(
            alarms
        )
        assert "arn:aws:automate:us-east-1:ec2:recover" in alarms[f"{instance}-system"]["alarmActions"]
        assert "arn:aws:automate:us-east-1:ec2:reboot" in alarms[f"{instance}-instance"]["alarmActions"]
    assert alarms["database-disk-mysql"]["dimensions"] == {
        "InstanceId": "database-id",
        "path": "/var/lib/mysql",
    }
    assert alarms["app-disk-bookstore"]["dimensions"] == {
        "InstanceId": "app-id",
        "path": "/var/lib/bookstore",
    }


def test_failed_requests_and_missing_backups_raise_an_alarm(stage: Capture) -> None:
    alarms = alarms_of(stage)
    filter_ = stage.one("aws:cloudwatch/logMetricFilter:LogMetricFilter", "app-5xx").inputs
    made = filter_["metricTransformation"]
    assert filter_["logGroupName"] == settings_of(stage, "app")["LOG_GROUP"]
    assert (made["namespace"], made["name"]) == (
        alarms["app-5xx"]["namespace"],
        alarms["app-5xx"]["metricName"],
    )
    for instance in ("app", "database"):
        owed = alarms[f"{instance}-backup"]
        assert owed["treatMissingData"] == "breaching"
        assert (owed["metricName"], owed["dimensions"]) == ("Backups", {"InstanceId": f"{instance}-id"})
    assert "nat-backup" not in alarms


def test_the_dashboard_draws_every_machine(stage: Capture) -> None:
    (dashboard,) = stage.of("aws:cloudwatch/dashboard:Dashboard")
    widgets = json.loads(dashboard.inputs["dashboardBody"])["widgets"]
    drawn = {text for text in texts(widgets) if text.endswith("-id")}
    assert drawn == {"app-id", "database-id", "nat-id"}
    places = [(widget["x"], widget["y"]) for widget in widgets]
    assert len(places) == len(set(places)) == 6


def test_a_person_learns_where_everything_is(stage: Capture) -> None:
    outputs = stage.exports
    assert outputs["public_address"] == "203.0.113.7"
    assert outputs["database_address"] == "10.20.128.10"
    assert outputs["app_session"] == "aws ssm start-session --region us-east-1 --target app-id"
    assert outputs["database_logs"] == "aws logs tail --follow --region us-east-1 database-1234567"
    assert outputs["backups"] == "s3://backups-bucket/"
    assert outputs["demo_accounts"]["seller"]["email"] == "seller@bookstore.example"
    assert stage.secret_exports == {"demo_accounts"}
