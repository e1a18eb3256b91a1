"""What we chose for `scaled`, as the resources of the whole stage."""

import base64
import json
import re
from typing import Any

import pytest

from infra.components.aws.compute.user_data import LIMIT
from tests.infra.capture import SECRET, Capture, policy_of, texts
from tests.infra.stage import deploy_scaled

GROUP, TEMPLATE = "aws:autoscaling/group:Group", "aws:ec2/launchTemplate:LaunchTemplate"
ALARM, POLICY = "aws:cloudwatch/metricAlarm:MetricAlarm", "aws:iam/rolePolicy:RolePolicy"
# Where a secret belongs: the store, and what uses it at deployment only.
SECRETS_BELONG = {
    ("aws:secretsmanager/secretVersion:SecretVersion", "secretString"),
    ("aws:rds/instance:Instance", "password"),
    ("aws:lb/listenerRule:ListenerRule", "conditions"),
    ("aws:cloudfront/distribution:Distribution", "origins"),
    ("docker:index/image:Image", "registry"),
}


@pytest.fixture(scope="module")
def stage() -> Capture:
    """The stage with the settings that it comes with."""
    return deploy_scaled()


@pytest.fixture(scope="module")
def other() -> Capture:
    """The stage with every choice made otherwise."""
    return deploy_scaled(
        serverAmi="ami-0123456789",
        serverInstanceType="t3.small",
        minSize="3",
        maxSize="8",
        cpuTarget="60",
        requestsPerTarget="3000",
        availabilityZones="2",
        rdsEngineVersion="8.0",
        rdsMultiAz="true",
        rdsDeletionProtection="true",
        retainData="false",
        waf="false",
        hostedZone="example.com",
        domainName="shop.example.com",
        alarmEmail="keeper@example.com",
    )


def script_of(stage: Capture) -> str:
    """Return a server's user data."""
    return base64.b64decode(stage.one(TEMPLATE, "server").inputs["userData"]).decode()


def settings_of(stage: Capture) -> dict[str, str]:
    """Return the settings in it."""
    told = script_of(stage).split("END_OF_SETTINGS")[1]
    return dict(re.findall(r"^([A-Z0-9_]+)=(.*)$", told, re.MULTILINE))


def alarms_of(stage: Capture) -> dict[str, dict[str, Any]]:
    """Return the stage's alarms by name."""
    return {alarm.name: alarm.inputs for alarm in stage.of(ALARM)}


def test_servers_are_in_every_zone_and_in_the_target_group(stage: Capture) -> None:
    group = stage.one(GROUP, "server").inputs
    assert group["vpcZoneIdentifiers"] == [f"bookstore-private-{number}-id" for number in range(3)]
    assert (group["minSize"], group["maxSize"]) == (2, 4)
    assert "desiredCapacity" not in group, "each `pulumi up` would take back what scaling has done"
    assert group["targetGroupArns"] == ["arn:aws:TargetGroup:shop"]
    assert stage.one(TEMPLATE, "server").inputs["instanceType"] == "t3.micro"


def test_a_server_that_does_not_answer_is_replaced_once_it_had_time_to_boot(stage: Capture) -> None:
    group = stage.one(GROUP, "server").inputs
    assert group["healthCheckType"] == "ELB"
    assert group["healthCheckGracePeriod"] >= 180
    assert 0 < group["defaultInstanceWarmup"] <= group["healthCheckGracePeriod"]
    assert group["minElbCapacity"] == group["minSize"]


def test_a_new_version_never_drops_below_the_minimum_and_is_taken_back_on_alarm(stage: Capture) -> None:
    group = stage.one(GROUP, "server").inputs
    refresh = group["instanceRefresh"]["preferences"]
    assert (
        refresh["minHealthyPercentage"] == group["instanceMaintenancePolicy"]["minHealthyPercentage"] == 100
    )
    assert refresh["maxHealthyPercentage"] > 100, "one must come before another goes"
    assert refresh["autoRollback"] is True
    assert refresh["alarmSpecification"] == {"alarms": ["shop-slow-1234567", "shop-failing-1234567"]}
    # There is no way back from "$Latest".
    assert group["launchTemplate"] == {"id": "server-id", "version": "7"}


def test_servers_follow_their_processors_and_their_requests(stage: Capture, other: Capture) -> None:
    def targets(found: Capture) -> dict[str, float]:
        return {
            policy.inputs["targetTrackingConfiguration"]["predefinedMetricSpecification"][
                "predefinedMetricType"
            ]: policy.inputs["targetTrackingConfiguration"]["targetValue"]
            for policy in found.of("aws:autoscaling/policy:Policy")
        }

    assert targets(stage) == {"ASGAverageCPUUtilization": 50, "ALBRequestCountPerTarget": 1200}
    assert targets(other) == {"ASGAverageCPUUtilization": 60, "ALBRequestCountPerTarget": 3000}
    requests = stage.one("aws:autoscaling/policy:Policy", "server-requests").inputs
    label = requests["targetTrackingConfiguration"]["predefinedMetricSpecification"]["resourceLabel"]
    assert label == "app/shop/0123456789abcdef/targetgroup/shop/0123456789abcdef"


def test_servers_ask_for_tokens_and_encrypt_their_disks(stage: Capture) -> None:
    template = stage.one(TEMPLATE, "server").inputs
    metadata, (disk,) = template["metadataOptions"], template["blockDeviceMappings"]
    assert (metadata["httpTokens"], metadata["httpPutResponseHopLimit"]) == ("required", 1)
    assert (disk["ebs"]["encrypted"], disk["ebs"]["volumeType"]) == ("true", "gp3")
    assert "keyName" not in template


def test_servers_and_their_disks_carry_the_stacks_tags(stage: Capture) -> None:
    expected = {"Project": "bookstore", "Stack": "scaled", "Name": "server"}
    tagged = stage.one(TEMPLATE, "server").inputs["tagSpecifications"]
    assert {found["resourceType"]: found["tags"] for found in tagged} == {
        "instance": expected,
        "volume": expected,
    }


def test_what_a_server_is_told_fits_and_names_where_everything_is(stage: Capture) -> None:
    assert len(script_of(stage).encode()) < LIMIT * 3 / 4
    told = settings_of(stage)
    assert told["DATABASE_HOST"] == "database.rds.example"
    assert (told["FILE_SYSTEM"], told["ACCESS_POINT"]) == ("files-id", "files-covers-id")
    assert told["TRUSTED_PROXIES"] == "2"


def test_behind_a_name_of_its_own_the_shop_trusts_one_proxy(other: Capture) -> None:
    assert settings_of(other)["TRUSTED_PROXIES"] == "1"


def test_a_new_version_of_the_shop_bakes_a_new_image(stage: Capture) -> None:
    document = json.loads(stage.one("aws:imagebuilder/component:Component", "server-image").inputs["data"])
    commands = {phase["name"]: phase["steps"][0]["inputs"]["commands"] for phase in document["phases"]}
    assert "@sha256:" in commands["build"][0]
    assert "docker pull" in commands["build"][1]
    assert "/readyz" in commands["test"][1]
    image = stage.one("aws:imagebuilder/image:Image", "server-image").inputs
    assert image["imageTestsConfiguration"]["imageTestsEnabled"] is True
    assert stage.one(TEMPLATE, "server").inputs["imageId"] == "ami-of-server-image"
    assert len(json.dumps(document)) < 16_000, "Image Builder takes no more"


def test_an_image_that_is_there_already_is_taken_as_it_is(other: Capture) -> None:
    assert other.one(TEMPLATE, "server").inputs["imageId"] == "ami-0123456789"
    assert not [found for found in other.resources if found.type.startswith("aws:imagebuilder/")]
    assert not other.of("docker:index/image:Image")


def test_the_machine_that_bakes_is_private_and_asks_for_tokens(stage: Capture) -> None:
    bench = stage.one(
        "aws:imagebuilder/infrastructureConfiguration:InfrastructureConfiguration", "server-image"
    ).inputs
    assert bench["subnetId"] == "bookstore-private-0-id"
    assert bench["instanceMetadataOptions"]["httpTokens"] == "required"
    attached = {
        found.inputs["policyArn"].rpartition("/")[2]
        for found in stage.of("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
    }
    assert attached == {"AmazonSSMManagedInstanceCore", "EC2InstanceProfileForImageBuilder"}


def test_the_database_is_as_chosen(stage: Capture, other: Capture) -> None:
    plain = stage.one("aws:rds/instance:Instance", "database").inputs
    chosen = other.one("aws:rds/instance:Instance", "database").inputs
    assert (plain["engineVersion"], plain["instanceClass"]) == ("8.4", "db.t3.micro")
    assert (plain["backupRetentionPeriod"], plain["skipFinalSnapshot"]) == (7, False)
    assert (chosen["engineVersion"], chosen["multiAz"], chosen["deletionProtection"]) == ("8.0", True, True)
    assert chosen["skipFinalSnapshot"] is True


def test_covers_outlive_the_stack_if_they_are_kept(stage: Capture, other: Capture) -> None:
    assert stage.one("aws:efs/fileSystem:FileSystem", "files").retained
    assert not other.one("aws:efs/fileSystem:FileSystem", "files").retained


def test_secrets_are_nowhere_but_where_they_belong(stage: Capture) -> None:
    found = {
        (resource.type, key): key in resource.secrets
        for resource in stage.resources
        for key, value in resource.inputs.items()
        if any(SECRET in text for text in texts(value))
    }
    assert found.keys() == SECRETS_BELONG
    assert all(found.values()), found
    assert SECRET not in script_of(stage)


def test_servers_may_do_what_they_must_and_no_more(stage: Capture) -> None:
    statements = policy_of(stage.one(POLICY, "server"))
    secrets = {
        arn.removeprefix("arn:aws:Secret:")
        for statement in statements
        if "secretsmanager:GetSecretValue" in statement["Action"]
        for arn in statement["Resource"]
    }
    assert secrets == {"server-session-key", "server-demo-accounts", "database-password"}
    (files,) = [found for found in statements if "elasticfilesystem:ClientMount" in found["Action"]]
    assert files["Resource"] == ["arn:aws:FileSystem:files"]
    assert files["Condition"] == {
        "StringEquals": {"elasticfilesystem:AccessPointArn": ["arn:aws:AccessPoint:files-covers"]}
    }
    assert not [action for found in statements for action in found["Action"] if "*" in action]
    assert not [found for found in statements if found["Resource"] == ["*"] and "ecr" in str(found)]


def test_broken_promises_and_empty_stores_raise_alarms(stage: Capture) -> None:
    alarms = alarms_of(stage)
    assert alarms.keys() == {
        *("shop-slow", "shop-failing", "shop-unhealthy"),
        *("database-cpu", "database-storage", "database-connections", "files-credits"),
    }
    slow = alarms["shop-slow"]
    assert (slow["metricName"], slow["extendedStatistic"], slow["threshold"]) == (
        "TargetResponseTime",
        "p95",
        0.2,
    )
    ratio, whole, *parts = alarms["shop-failing"]["metricQueries"]
    assert (ratio["returnData"], whole["metric"]["metricName"]) == (True, "RequestCount")
    assert [part["metric"]["metricName"] for part in parts] == [
        "HTTPCode_Target_5XX_Count",
        "HTTPCode_ELB_5XX_Count",
    ]
    assert "part0" in ratio["expression"] and "part1" in ratio["expression"]
    assert alarms["database-cpu"]["dimensions"] == {
        "DBInstanceIdentifier": stage.one("aws:rds/instance:Instance", "database").inputs["identifier"]
    }
    assert alarms["files-credits"]["dimensions"] == {"FileSystemId": "files-id"}


def test_somebody_hears_of_every_alarm(other: Capture) -> None:
    subscription = other.one("aws:sns/topicSubscription:TopicSubscription", "alarms").inputs
    assert (subscription["protocol"], subscription["endpoint"]) == ("email", "keeper@example.com")
    for alarm in alarms_of(other).values():
        assert alarm["alarmActions"] == alarm["okActions"] == [subscription["topic"]]


def test_the_dashboard_draws_what_the_alarms_watch(stage: Capture) -> None:
    (dashboard,) = stage.of("aws:cloudwatch/dashboard:Dashboard")
    drawn = set(texts(json.loads(dashboard.inputs["dashboardBody"])))
    for alarm in alarms_of(stage).values():
        queries = [found["metric"]["metricName"] for found in alarm.get("metricQueries", [])[1:]]
        assert {*queries, *([alarm["metricName"]] if "metricName" in alarm else [])} <= drawn


def test_every_resource_has_its_place(stage: Capture) -> None:
    blocks = {resource.urn for resource in stage.resources if not resource.custom}
    for resource in stage.resources:
        if resource.custom and resource.type != "pulumi:providers:aws":
            assert resource.parent in blocks, resource.urn
        elif not resource.custom:
            assert re.fullmatch(r"bookstore:(aws|apps):[A-Z]\w+", resource.type)


def test_an_emulator_gets_every_call() -> None:
    stage = deploy_scaled(emulator="http://127.0.0.1:5000")
    (provider,) = stage.of("pulumi:providers:aws")
    (endpoints,) = json.loads(provider.inputs["endpoints"])
    used = {
        resource.type.split("/")[0].removeprefix("aws:")
        for resource in stage.resources
        if resource.type.startswith("aws:")
    }
    # Networks are a part of EC2, and load balancers have another name.
    assert used - {"vpc", "lb"} <= endpoints.keys()
    assert "elbv2" in endpoints


def test_a_person_learns_where_everything_is(stage: Capture, other: Capture) -> None:
    outputs = stage.exports
    assert outputs["url"] == "https://d111111abcdef8.cloudfront.net"
    assert other.exports["url"] == "https://shop.example.com"
    assert outputs["logs"] == "aws logs tail --follow --region us-east-1 server-1234567"
    assert outputs["replacements"].endswith("--auto-scaling-group-name server-1234567")
    assert "Name=tag:Stack,Values=scaled" in outputs["boots"]
    assert outputs["demo_accounts"]["seller"]["email"] == "seller@bookstore.example"
    assert stage.secret_exports == {"demo_accounts"}
