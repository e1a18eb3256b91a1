"""What we chose for MySQL on RDS."""

from typing import Any

import pytest

from infra.components.aws.data.rds_database import RdsDatabase, RdsDatabaseArgs
from infra.components.aws.network.network import Network, NetworkArgs
from tests.infra.capture import SECRET, Capture, capture

INSTANCE, PARAMETERS = "aws:rds/instance:Instance", "aws:rds/parameterGroup:ParameterGroup"
CHOSEN: dict[str, Any] = {
    "db_name": "books",
    "engine_version": "8.4",
    "instance_class": "db.t3.micro",
    "allocated_storage": 20,
    "backup_retention_period": 7,
    "multi_az": False,
    "deletion_protection": False,
    "retain_data": True,
}


def built(**changes: Any) -> Capture:
    """Build a database with these arguments changed."""

    def program() -> None:
        network = Network("net", NetworkArgs(availability_zones=2, isolated_subnets=True))
        RdsDatabase("orders", RdsDatabaseArgs(network=network, **(CHOSEN | changes)))

    return capture(program, stack="blocks")


@pytest.fixture(scope="module")
def database() -> Capture:
    """A database as most stages have it."""
    return built()


def parameters_of(found: Capture) -> dict[str, str]:
    """Return the parameters that differ from MySQL's own."""
    (group,) = found.of(PARAMETERS)
    return {parameter["name"]: parameter["value"] for parameter in group.inputs["parameters"]}


def test_it_is_private_and_encrypted(database: Capture) -> None:
    instance = database.one(INSTANCE, "orders").inputs
    assert (instance["publiclyAccessible"], instance["storageEncrypted"]) == (False, True)
    assert instance["vpcSecurityGroupIds"] == ["orders-id"]
    (subnets,) = database.of("aws:rds/subnetGroup:SubnetGroup")
    assert subnets.inputs["subnetIds"] == ["net-isolated-0-id", "net-isolated-1-id"]
    assert instance["dbSubnetGroupName"] == "orders-1234567"


def test_it_refuses_whoever_comes_without_tls(database: Capture) -> None:
    assert parameters_of(database)["require_secure_transport"] == "1"


@pytest.mark.parametrize("version", ["8.0", "8.4"])
def test_parameters_are_of_the_versions_family(version: str) -> None:
    found = built(engine_version=version)
    (group,) = found.of(PARAMETERS)
    assert group.inputs["family"] == f"mysql{version}"
    assert found.one(INSTANCE, "orders").inputs["engineVersion"] == version


def test_slow_queries_are_told_and_kept_for_a_month(database: Capture) -> None:
    instance = database.one(INSTANCE, "orders").inputs
    assert parameters_of(database)["slow_query_log"] == "1"
    assert instance["enabledCloudwatchLogsExports"] == ["error", "slowquery"]
    kept = {
        log.inputs["name"]: log.inputs["retentionInDays"]
        for log in database.of("aws:cloudwatch/logGroup:LogGroup")
    }
    assert kept == {f"/aws/rds/instance/{instance['identifier']}/{log}": 30 for log in ("error", "slowquery")}


def test_more_parameters_may_be_given() -> None:
    found = parameters_of(built(parameters={"mysql_native_password": "ON"}))
    assert found["mysql_native_password"] == "ON"
    assert found["require_secure_transport"] == "1"


def test_the_password_is_made_here_and_is_in_secrets_manager_alone(database: Capture) -> None:
    instance = database.one(INSTANCE, "orders")
    assert instance.inputs["password"] == f"{SECRET}orders-password"
    assert "password" in instance.secrets
    version = database.one("aws:secretsmanager/secretVersion:SecretVersion", "orders-password")
    assert version.inputs["secretString"] == instance.inputs["password"]
    assert "secretString" in version.secrets
    (password,) = database.of("random:index/randomPassword:RandomPassword")
    assert password.inputs["length"] <= 41, "RDS takes no more"
    assert password.inputs["special"] is False
    assert not database.of("aws:secretsmanager/secretRotation:SecretRotation")


def test_its_data_survives_its_end(database: Capture) -> None:
    instance = database.one(INSTANCE, "orders").inputs
    assert instance["backupRetentionPeriod"] == 7
    assert instance["skipFinalSnapshot"] is False
    assert instance["finalSnapshotIdentifier"] == f"{instance['identifier']}-final"
    assert built(retain_data=False).one(INSTANCE, "orders").inputs["skipFinalSnapshot"] is True


def test_a_second_zone_and_protection_are_choices(database: Capture) -> None:
    plain = database.one(INSTANCE, "orders").inputs
    chosen = built(multi_az=True, deletion_protection=True).one(INSTANCE, "orders").inputs
    assert (plain["multiAz"], plain["deletionProtection"]) == (False, False)
    assert (chosen["multiAz"], chosen["deletionProtection"]) == (True, True)
