"""The whole journey through a real NGINX with the rules that compose.yaml gives it."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from bench.serving import ROOT, shop
from tests.image.dockerfile import BOOKSTORE

PATIENCE_SECONDS = 120


@contextmanager
def nginx(folder: Path, upstream: str) -> Iterator[str]:
    """NGINX with the shop's rules, in a folder and on a port of its own; yields its address."""
    with socket.create_server(("127.0.0.1", 0)) as chosen:
        port = chosen.getsockname()[1]
    rules = (BOOKSTORE / "nginx" / "shop.conf").read_text()
    for ours, here in (
        ("/tmp/", f"{folder}/"),
        ("listen 8080", f"listen 127.0.0.1:{port}"),
        ("server shop:8000", f"server {urlsplit(upstream).netloc}"),
        ("/dev/stderr", f"{folder}/error.log"),
        ("/dev/stdout", f"{folder}/access.log"),
    ):
        assert ours in rules
        rules = rules.replace(ours, here)
    configuration = folder / "nginx.conf"
    configuration.write_text(rules)
    # The image's user is set by compose.yaml; here the workers must be able to enter the folder.
    user = "user root;" if os.geteuid() == 0 else ""
    command = ["nginx", "-e", f"{folder}/start.log", "-p", str(folder), "-c", str(configuration)]
    process = subprocess.Popen([*command, "-g", f"daemon off; {user}"])
    address = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while process.poll() is None and time.monotonic() < deadline:
            try:
                urllib.request.urlopen(address + "/healthz", timeout=5).close()
                break
            except OSError:
                time.sleep(0.05)
        assert process.poll() is None, (folder / "start.log").read_text()
        yield address
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with (
        shop(tmp_path_factory.mktemp("shop"), {"TRUSTED_PROXIES": "1"}) as it,
        nginx(tmp_path_factory.mktemp("nginx"), it.url) as address,
    ):
        yield address


def test_the_whole_journey(address: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "probe.smoke", address], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_metrics_are_not_for_the_public(address: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(address + "/metrics", timeout=30)
    assert refused.value.code == 404


def test_pages_travel_compressed(address: str) -> None:
    asked = urllib.request.Request(address + "/book/catalog", headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(asked, timeout=30) as answer:
        assert answer.headers["Content-Encoding"] == "gzip"
