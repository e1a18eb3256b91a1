"""The life of a shop on two machines, by the scripts of `infra/boot` as they are and nothing besides.

One test, since one life: each step stands on those before. What is not as on AWS (namespaces instead of EC2,
moto, pebble, a stand-in for Docker's daemon, MariaDB for MySQL) is told in the package's other modules.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.boot.monolith import APP_OVERRIDES, Monolith
from tests.boot.network import NAME, PUBLIC
from tests.boot.patience import until
from tests.boot.world import OVERRIDES

SITE = f"https://{NAME}"
COVERS = "/var/lib/bookstore/covers"
KEPT = ("orders", "order_lines", "payments", "users")


@pytest.fixture
def monolith(tmp_path: Path) -> Iterator[Monolith]:
    """Two machines that have just been switched on."""
    with Monolith(tmp_path) as made:
        yield made


def test_the_life_of_a_shop(monolith: Monolith) -> None:
    with monolith.step("born at once, it serves by plain HTTP as long as its name leads nowhere"):
        monolith.be_born("app", "database")
        assert statuses(monolith) == {"app": "ok", "database": "ok"}
        assert monolith.network.visit(f"http://{PUBLIC}/readyz")["status"] == 200
    with monolith.step("found, it has a certificate and sends everybody to HTTPS"):
        monolith.network.name_leads_to(PUBLIC)
        monolith.app.run("systemctl", "start", "bookstore-certificate.service")
        until(lambda: is_ready(monolith), "the shop to be ready by HTTPS")
        # NGINX's workers from before the certificate may still take a last connection.
        until(lambda: by_http(monolith)["status"] == 308, "plain HTTP to lead to HTTPS")
        headers = by_http(monolith)["headers"]
        assert isinstance(headers, dict)
        assert headers["location"] == f"{SITE}/book/catalog?q=a"
    with monolith.step("it speaks no old TLS"):
        assert json.loads(monolith.network.python("tests.boot.handshake", NAME)) == {
            "TLSv1": "TLSV1_ALERT_PROTOCOL_VERSION",
            "TLSv1_1": "TLSV1_ALERT_PROTOCOL_VERSION",
            "TLSv1_2": "TLSv1.2",
            "TLSv1_3": "TLSv1.3",
        }
    with monolith.step("only the doors that it needs are open"):
        assert monolith.app.doors() == {("0.0.0.0", 80), ("0.0.0.0", 443), ("127.0.0.1", 8000)}
        assert monolith.database.doors() == {("0.0.0.0", 3306)}
    with monolith.step("it sells books"):
        buy(monolith)
        sold = kept(monolith)
        assert all(f"INSERT INTO `{table}`" in sold for table in KEPT)
    with monolith.step("it has no secret in what machines are told, in its logs and in its processes"):
        for name, told in monolith.told.items():
            shown = monolith.shown(name)
            for secret, text in monolith.secrets.items():
                assert text not in "\n".join(told.values()), secret
                assert text not in shown, secret
    before = {name: state(monolith, name) for name in monolith.machines}
    with monolith.step("a boot that fails is told"):
        monolith.app.write(OVERRIDES, f"{APP_OVERRIDES}DOCKER_AT_LEAST=99\n")
        with pytest.raises(RuntimeError, match="is older than 99"):
            monolith.boot("app")
        assert statuses(monolith) == {"app": "failed with status 1", "database": "ok"}
        monolith.app.write(OVERRIDES, APP_OVERRIDES)
    with monolith.step("another run of the scripts changes nothing that is right"):
        monolith.boot("app", "database")
        assert statuses(monolith) == {"app": "ok", "database": "ok"}
        assert {name: state(monolith, name) for name in monolith.machines} == before
    with monolith.step("after a power cut of both machines it sells books by itself"):
        for machine in monolith.machines.values():
            machine.cut_power()
        for machine in monolith.machines.values():
            machine.start()
        until(lambda: is_ready(monolith), "the shop to be ready after the power cut")
        assert kept(monolith) == sold
        buy(monolith)
    with monolith.step("a dump brings back every order, and nothing that is younger"):
        sold = kept(monolith)
        monolith.database.run("systemctl", "start", "bookstore-backup.service")
        loss = "SET foreign_key_checks = 0; CREATE TABLE younger (id INT); "
        loss += " ".join(f"DELETE FROM {table};" for table in KEPT)
        monolith.database.run("mysql", "bookstore", given=loss)
        assert "INSERT" not in kept(monolith)
        dumps = monolith.database.run("bookstore-restore", "--list").split()
        assert dumps
        monolith.database.run("bookstore-restore", "newest")
        assert kept(monolith) == sold
        assert "younger" not in monolith.database.run("mysql", "bookstore", given="SHOW TABLES")
        # The data from before the restore is kept too.
        assert len(monolith.database.run("bookstore-restore", "--list").split()) > len(dumps)
        buy(monolith)
    with monolith.step("the nightly copy brings back every cover, and forgets none that is lost"):
        # The probe takes its own away again.
        monolith.network.python("tests.boot.seller", SITE, str(monolith.root))
        pictures = covers(monolith)
        assert len(pictures) > 1
        monolith.app.run("systemctl", "start", "bookstore-backup.service")
        kept_one, *lost = sorted(pictures)
        monolith.app.run("rm", *(f"{COVERS}/{name}" for name in lost))
        monolith.app.run("systemctl", "start", "bookstore-backup.service")
        assert covers(monolith).keys() == {kept_one}
        assert picture(monolith, lost[0]) == 404
        monolith.app.run("bookstore-restore")
        assert covers(monolith) == pictures
        assert picture(monolith, lost[0]) == 200
    with monolith.step("other machines with the same volumes are the same shop"):
        sold, certificate = (
            kept(monolith),
            monolith.app.shell("cat /var/lib/bookstore/letsencrypt/live/*/cert.pem"),
        )
        for machine in monolith.machines.values():
            machine.cut_power()
            machine.new_disk()
            machine.start()
        monolith.be_born("app", "database")
        until(lambda: is_ready(monolith), "the shop to be ready on its new machines")
        assert kept(monolith) == sold
        assert monolith.app.shell("cat /var/lib/bookstore/letsencrypt/live/*/cert.pem") == certificate
        buy(monolith)


def statuses(monolith: Monolith) -> dict[str, str]:
    """How each machine says that its boot went."""
    return {name: monolith.boot_status(name) for name in monolith.machines}


def by_http(monolith: Monolith) -> dict[str, object]:
    """What the shop answers by plain HTTP, at its name."""
    return monolith.network.visit(f"http://{NAME}/book/catalog?q=a")


def is_ready(monolith: Monolith) -> bool:
    """Whether the shop answers by HTTPS, with a certificate that browsers trust, that it is ready."""
    try:
        return monolith.network.visit(f"{SITE}/readyz", monolith.root)["status"] == 200
    except RuntimeError:
        return False


def buy(monolith: Monolith) -> None:
    """Walk the purchase journey by HTTPS."""
    said = monolith.network.python("probe.smoke", SITE, "--authority", str(monolith.root))
    assert "the shop sells books" in said


def kept(monolith: Monolith) -> str:
    """Every row of the tables that a shop must never lose."""
    return monolith.kept(*KEPT)


def covers(monolith: Monolith) -> dict[str, str]:
    """The owner, the mode and the content of each cover picture."""
    lines = monolith.app.shell(
        f"cd {COVERS}; for name in *.webp; do"
        ' [[ ! -e $name ]] || echo "$name $(stat --format "%u:%g %a" "$name") $(sha256sum <"$name")"; done'
    )
    return dict(line.split(" ", 1) for line in lines.splitlines())


def picture(monolith: Monolith, name: str) -> object:
    """The status with which the shop answers who looks at a cover."""
    return monolith.network.visit(f"{SITE}/cover/{name}", monolith.root)["status"]


def state(monolith: Monolith, name: str) -> str:
    """What scripts write, what serves, and what must not be lost."""
    return monolith.machines[name].state() + kept(monolith)
