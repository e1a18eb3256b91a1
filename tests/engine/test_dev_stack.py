"""The stack `dev`: what a person relies on when the shop runs on this machine."""

import re
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.engine.checkout import Checkout, eventually, free_port, kill
from tests.engine.load import Load

PROBE = """

_create_app = create_app


def create_app(*arguments):
    app = _create_app(*arguments)
    app.add_url_rule("/probe", "probe", lambda: os.environ["ORDER_TIMEOUT_MINUTES"])
    return app
"""
DIES = "\nraise RuntimeError('the application dies at its start')\n"
DIES_SERVING = "\nimport sys\nif sys.argv[1] == '--config':\n    raise RuntimeError('only under gunicorn')\n"


def test_up_leaves_a_shop_behind_that_serves(shop: Checkout) -> None:
    outputs = shop.outputs()
    assert outputs["url"] == f"http://127.0.0.1:{shop.port}"
    assert outputs["data_directory"] == str(shop.data)
    assert Path(outputs["logs"]).read_text()
    assert (shop.data / ".bookstore-data").is_file()
    report = shop.report("status", str(shop.data))
    assert report.returncode == 0, report.stderr
    assert outputs["url"] in report.stdout
    assert shop.get("/api/books")[0] == 200
    eventually(lambda: "/api/books" in shop.report("logs", str(shop.data)).stdout)


def test_a_second_up_changes_nothing(shop: Checkout) -> None:
    before = shop.served_by()
    shop.up("--expect-no-changes")
    assert shop.served_by() == before


def test_new_code_and_new_settings_arrive_without_a_failed_request(shop: Checkout) -> None:
    server, program = shop.manager.server_pid, shop.root / "bookstore" / "__init__.py"
    original = program.read_text()
    try:
        with Load(shop.port, "/api/books") as load:
            program.write_text(original + PROBE)
            shop.set(orderTimeoutMinutes=17, workers=3)
            shop.up()
            load.wait_for_more()
        assert {shop.get("/probe") for _ in range(20)} == {(200, "17")}
    finally:
        program.write_text(original)
    shop.set(orderTimeoutMinutes=15, workers=2)
    with Load(shop.port, "/api/books") as second:
        shop.up()
        second.wait_for_more()
    assert load.failures == second.failures == []
    assert shop.get("/probe")[0] == 404
    assert shop.manager.server_pid == server, "the server was started anew instead of reloaded"


def test_a_killed_server_comes_back_by_itself(shop: Checkout) -> None:
    killed = shop.manager.server_pid
    kill(killed)
    eventually(lambda: shop.ready() and shop.manager.server_pid not in (None, killed))
    workers = set(shop.processes()) - set(shop.served_by())
    for worker in workers:
        kill(worker)
    eventually(lambda: shop.ready() and not workers & set(shop.processes()))


def test_a_killed_manager_is_noticed_and_repaired(shop: Checkout) -> None:
    manager, orphan = shop.manager.pid, shop.manager.server_pid
    kill(manager)
    eventually(lambda: manager not in shop.processes())
    report = shop.report("status", str(shop.data))
    assert report.returncode == 1
    assert "make up" in report.stderr
    assert shop.ready(), "the orphaned server serves on until it is repaired"
    shop.pulumi("refresh", "--yes", "--skip-preview", check=True)
    assert "1 to update" in shop.pulumi("preview", check=True).stdout
    assert "1 updated" in shop.up("--refresh")
    assert orphan not in shop.processes()
    assert shop.manager.pid not in (None, manager)
    assert shop.report("status", str(shop.data)).returncode == 0
    shop.up("--expect-no-changes")


def test_a_plain_up_repairs_what_a_reboot_took_down(shop: Checkout) -> None:
    for pid in shop.processes():
        kill(pid)
    eventually(lambda: not shop.processes())
    shop.manager.server_pid_file.write_text("1")  # after a reboot the number is another program's
    shop.up()
    shop.up("--expect-no-changes")


def test_a_removed_session_key_is_written_again(shop: Checkout) -> None:
    key = shop.data / "run" / "session.key"
    written = key.read_text()
    key.unlink()
    shop.up()
    assert key.read_text() == written
    assert key.stat().st_mode & 0o777 == 0o600


def test_a_data_directory_that_was_moved_away_is_made_anew(shop: Checkout) -> None:
    before = shop.served_by()
    shop.data.rename(shop.root / "moved away")
    shop.up()
    assert (shop.data / "bookstore.sqlite3").exists()
    assert not set(before) & set(shop.processes())
    shop.up("--expect-no-changes")


def test_a_busy_port_is_refused_and_the_shop_serves_on(shop: Checkout) -> None:
    before = shop.port
    with socket.create_server(("127.0.0.1", free_port())) as other:
        busy = other.getsockname()[1]
        shop.set(port=busy)
        seen = shop.refused_up()
        assert f"port {busy}" in seen
        assert "pulumi config set bookstore:port" in seen
        assert "Traceback" not in seen
        assert shop.get("/readyz", before)[0] == 200
    shop.up()
    assert shop.outputs()["url"] == f"http://127.0.0.1:{busy}"
    assert shop.get("/readyz", before)[0] == 0


def test_a_directory_that_cannot_be_written_is_refused_and_the_shop_serves_on(
    shop: Checkout, regular_file: Path
) -> None:
    shop.set(dataDirectory=regular_file / "data")
    seen = shop.refused_up()
    assert str(regular_file / "data") in seen
    assert "pulumi config set bookstore:dataDirectory" in seen
    assert "Traceback" not in seen
    assert shop.ready()
    shop.set(dataDirectory="")
    shop.up()
    shop.up("--expect-no-changes")


def test_a_directory_of_other_files_is_refused(shop: Checkout, regular_file: Path) -> None:
    shop.set(dataDirectory=regular_file.parent)
    assert "not the BookStore's" in shop.refused_up()
    assert list(regular_file.parent.iterdir()) == [regular_file]
    shop.set(dataDirectory="")
    shop.up()


def test_an_application_that_dies_is_refused_and_the_shop_serves_on(shop: Checkout) -> None:
    program = shop.root / "bookstore" / "__init__.py"
    original = program.read_text()
    program.write_text(original + DIES)
    try:
        seen = shop.refused_up()
        assert "the application dies at its start" in seen
        assert "make up" in seen
        assert shop.ready()
    finally:
        program.write_text(original)
    shop.up()


@pytest.mark.parametrize(("key", "value"), [("port", "80"), ("prot", "8081")])
def test_a_wrong_setting_is_refused_with_its_remedy(shop: Checkout, key: str, value: str) -> None:
    shop.pulumi("config", "set", f"bookstore:{key}", value, check=True)
    try:
        seen = shop.refused_up()
    finally:
        shop.pulumi("config", "rm", f"bookstore:{key}", check=True)
        shop.set(port=shop.port)
    assert f"bookstore:{key}" in seen
    assert re.search(r"pulumi config (set|rm) bookstore:", seen)
    assert "Traceback" not in seen
    assert shop.ready()


def test_secrets_are_encrypted_and_shown_nowhere(shop: Checkout) -> None:
    passwords = {
        role: account["password"] for role, account in shop.outputs("--show-secrets")["demo_accounts"].items()
    }
    key = (shop.data / "run" / "session.key").read_text()
    assert set(passwords) == {"buyer", "seller", "administrator"}
    secrets = {*passwords.values(), key}
    assert len(secrets) == 4

    shown = shop.up() + str(shop.outputs()) + shop.pulumi("preview", "--diff", check=True).stdout
    environments = [Path(f"/proc/{pid}/environ").read_text() for pid in shop.processes()]
    kept = [path for path in shop.root.rglob("*") if path.is_file() and path.name != "session.key"]
    kept += [path for path in shop.state.rglob("*") if path.is_file()]
    everywhere = [shown, *shop.processes().values(), *environments]
    everywhere += [path.read_text(errors="replace") for path in kept]
    assert not [text[:200] for text in everywhere for secret in secrets if secret in text]
    assert not [line for line in environments if "PULUMI" in line], "the server inherits Pulumi's passphrase"


def test_another_checkout_fails_mends_and_goes_without_touching_this_one(
    shop: Checkout, check_out: Callable[[str], Checkout]
) -> None:
    other = check_out("other")
    program = other.root / "bookstore" / "__init__.py"
    original = program.read_text()
    program.write_text(original + DIES_SERVING)
    assert "only under gunicorn" in other.refused_up()
    assert not other.processes()

    program.write_text(original)
    mine = shop.served_by()
    other.up()
    database = other.data / "bookstore.sqlite3"
    assert database.stat().st_size > 0
    other.down()
    assert not other.processes()
    assert database.exists()
    assert not other.manager.socket.exists()
    report = other.report("status", str(other.data))
    assert report.returncode == 1
    assert "make up" in report.stderr
    assert shop.ready()
    assert shop.served_by() == mine
