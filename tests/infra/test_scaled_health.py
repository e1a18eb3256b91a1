"""What the load balancer asks of a server, and what the real application answers there."""

import http.client
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from infra.apps.bookstore.web_servers import READY
from infra.components.aws.compute.user_data import BOOT
from infra.config import CHECKOUT
from tests.engine.checkout import eventually, free_port
from tests.infra.stage import deploy_scaled


@pytest.fixture(scope="module")
def targets() -> dict[str, Any]:
    """The target group, as the stage makes it."""
    inputs: dict[str, Any] = deploy_scaled().one("aws:lb/targetGroup:TargetGroup", "shop").inputs
    return inputs


@contextmanager
def served(directory: Path) -> Iterator[int]:
    """Serve the shop with the settings of a server behind CloudFront; give its port."""
    port = free_port()
    environment = os.environ | {
        "SECRET_KEY": "a key of the tests, long enough",
        "DATABASE_FILE": str(directory / "shop.sqlite3"),
        "TRUSTED_PROXIES": "2",
        "WEB_CONCURRENCY": "1",
        "GUNICORN_CMD_ARGS": f"--config {BOOT / 'shop' / 'gunicorn.conf'}",
        "PROMETHEUS_MULTIPROC_DIR": str(directory),
    }
    python = [sys.executable, "-m"]
    subprocess.run(
        [*python, "flask", "--app", "bookstore", "db", "upgrade"],
        check=True, env=environment, cwd=CHECKOUT, capture_output=True,
    )  # fmt: skip
    log = (directory / "log").open("w")
    server = subprocess.Popen(
        [*python, "gunicorn", "--bind", f"127.0.0.1:{port}", "--no-control-socket", "bookstore:create_app()"],
        env=environment, cwd=CHECKOUT, stdout=log, stderr=log,
    )  # fmt: skip
    try:
        eventually(lambda: server.poll() is not None or ask(port, "/healthz") is not None)
        assert server.poll() is None, (directory / "log").read_text()
        yield port
    finally:
        server.terminate()
        server.wait()
        log.close()


def ask(port: int, path: str, **headers: str) -> http.client.HTTPResponse | None:
    """Ask as ALB does, with further headers; None when nobody answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        connection.request("GET", path, headers={"User-Agent": "ELB-HealthChecker/2.0", **sent})
        answer = connection.getresponse()
        answer.read()
    except OSError:
        return None
    finally:
        connection.close()
    return answer


def matches(status: int, matcher: str) -> bool:
    """Tell whether ALB takes a status for a good one: `200`, `200,204` or `200-299`."""
    ranges = [part.partition("-") for part in matcher.split(",")]
    return any(int(low) <= status <= int(high or low) for low, _, high in ranges)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A shop that is well."""
    with served(tmp_path_factory.mktemp("shop")) as port:
        yield port


def test_a_shop_that_is_well_gets_visitors(shop: int, targets: dict[str, Any]) -> None:
    check = targets["healthCheck"]
    answer = ask(shop, check["path"])
    assert answer is not None
    assert matches(answer.status, check["matcher"]), answer.status


def test_a_shop_without_its_database_gets_none(tmp_path: Path, targets: dict[str, Any]) -> None:
    check = targets["healthCheck"]
    with served(tmp_path) as port:
        for file in tmp_path.glob("shop.sqlite3*"):
            file.unlink()
        (tmp_path / "shop.sqlite3").mkdir()
        answer = ask(port, check["path"])
        assert answer is not None
        assert not matches(answer.status, check["matcher"]), answer.status


def test_the_port_is_where_the_container_listens(targets: dict[str, Any]) -> None:
    start = (CHECKOUT / "bookstore" / "migrate-and-serve.sh").read_text()
    serve = (BOOT / "shop" / "serve.sh").read_text()
    listening = re.findall(r'--bind "0\.0\.0\.0:\$\{PORT:-(\d+)\}"', start)
    published = re.findall(r"--publish (\S+)", serve)
    assert listening == [str(targets["port"])]
    assert published == [f"{targets['port']}:{listening[0]}"]
    assert targets["healthCheck"]["port"] == "traffic-port"
    assert targets["healthCheck"]["path"] == READY.path


@pytest.mark.parametrize(("visitors", "secure"), [("https", True), ("http", False)])
def test_the_shop_learns_from_cloudfront_how_the_visitor_came(shop: int, visitors: str, secure: bool) -> None:
    # ALB tells its own protocol, which behind CloudFront is always plain HTTP.
    answer = ask(
        shop,
        "/login",
        CloudFront_Forwarded_Proto=visitors,
        X_Forwarded_Proto="http",
        X_Forwarded_For="198.51.100.7, 203.0.113.9",
    )
    assert answer is not None
    (session,) = [cookie for cookie in answer.headers.get_all("Set-Cookie", []) if "session=" in cookie]
    assert ("; Secure" in session) is secure
