"""The life of a shop on servers that come and go, by the scripts of `infra/boot` as they are.

One test, since one life: each step stands on those before. What is not as on AWS (namespaces instead of EC2,
HAProxy for ALB, GlusterFS for EFS, MariaDB for RDS, Debian for Amazon Linux) is told in the package's other
modules.
"""

import csv
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.boot.customers import CUSTOMERS
from tests.boot.files import PORT
from tests.boot.image import BOOKSTORE
from tests.boot.network import NAME, address
from tests.boot.patience import until
from tests.boot.scaled import SITE, Scaled

FIRST = ("server-1", "server-2")
LISTENING = {("0.0.0.0", 8000)}


@pytest.fixture
def scaled(tmp_path: Path) -> Iterator[Scaled]:
    """A database, shared files, a baked image, and a load balancer that has no server yet."""
    with Scaled(tmp_path) as made:
        yield made


def test_the_life_of_servers_that_come_and_go(scaled: Scaled) -> None:
    with scaled.step("two that are born at once serve"):
        scaled.launch(*FIRST)
        assert [scaled.boot_status(name) for name in FIRST] == ["ok", "ok"]
        scaled.wait_until_healthy(*FIRST)
    with scaled.step("one of them has migrated the database and put books on sale, for both"):
        logs = [scaled.machines[name].shell("cat /var/log/bookstore/*") for name in FIRST]
        assert sorted(log.count(" books added, 0 updated.") for log in logs) == [0, 1]
        assert scaled.rows("alembic_version") == 1
        with (BOOKSTORE / "catalogue.csv").open(newline="") as file:
            assert scaled.rows("books") == len(list(csv.DictReader(file)))
    with scaled.step("only the door that it needs is open"):
        for name in FIRST:
            assert scaled.machines[name].doors() == LISTENING
        assert scaled.machines["files"].doors() == {("0.0.0.0", PORT)}
    with scaled.step("it sells books by HTTPS alone"):
        assert scaled.network.visit(f"http://{NAME}/cart")["status"] == 301
        said = scaled.network.python("probe.smoke", SITE, "--authority", str(scaled.authority))
        assert "the shop sells books" in said
    with scaled.step("a cover uploaded through one is served by the other"):
        for one, other in (FIRST, reversed(FIRST)):
            scaled.network.python("tests.boot.share", direct(one), direct(other))
    with scaled.step("no secret is in what servers are told, in their logs and in their processes"):
        for name in FIRST:
            told, shown = "\n".join(scaled.told[name].values()), scaled.shown(name)
            for secret, text in scaled.secrets.items():
                assert text not in told, secret
                assert text not in shown, secret
    with scaled.step("another run of the scripts changes nothing that is right"):
        before = {name: scaled.machines[name].state() for name in FIRST}
        scaled.boot(*FIRST)
        assert [scaled.boot_status(name) for name in FIRST] == ["ok", "ok"]
        assert {name: scaled.machines[name].state() for name in FIRST} == before
    with scaled.load() as customers:
        for old, new in zip(FIRST, ("server-3", "server-4"), strict=True):
            with scaled.step(f"{new} comes and {old} goes, and no customer notices"):
                scaled.launch(new)
                scaled.wait_until_healthy(new)
                customers.wait_for_purchases()
                scaled.retire(old)
                customers.wait_for_purchases()
                assert customers.failed() == []
                assert scaled.balancer.served(new) > 0
        with scaled.step("one dies, and only what it was doing at that moment is lost"):
            scaled.machines["server-3"].cut_power()
            dead = time.monotonic()
            customers.wait_for_purchases()
            until(lambda: not scaled.balancer.is_healthy("server-3"), "the dead server to be noticed")
            customers.wait_for_purchases()
    with scaled.step("what was paid is kept"):
        lost = customers.failed()
        assert [done for done in lost if done.began > dead] == []
        # For each customer, a request and with it the purchase.
        assert len(lost) <= 2 * CUSTOMERS
        assert scaled.rows("payments") >= customers.purchases()


def direct(name: str) -> str:
    """A server's own address, without the load balancer."""
    return f"http://{address(name)}:8000"
