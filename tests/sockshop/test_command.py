"""`python -m sockshop`, as somebody with kubectl types it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from sockshop.manifests import manifests
from sockshop.options import Options
from tests.sockshop.combinations import STORES_ON_FILES

ROOT = Path(__file__).resolve().parents[2]


def sockshop(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "sockshop", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )


def printed(*arguments: str) -> list[dict[str, Any]]:
    done = sockshop(*arguments)
    assert done.returncode == 0, done.stderr
    return list(yaml.safe_load_all(done.stdout))


def test_it_prints_the_manifests() -> None:
    assert printed("manifests") == manifests(Options())


def test_every_choice_is_taken(tmp_path: Path) -> None:
    digest = "sha256:" + 64 * "0"
    (tmp_path / "digests.json").write_text(json.dumps({"docker.io/weaveworksdemos/carts:0.4.8": digest}))
    made = printed(
        *("manifests", "--namespace", "socks", "--node-port", "none", "--storage-class", "gp3"),
        *("--replicas", "2", "--catalogue-database", "db.example", "--database-network", "10.0.0.0/8"),
        *("--database-administrator", "root", "--monitoring", "watching"),
        *("--image-registry", "registry.example/socks", "--digests", str(tmp_path / "digests.json")),
        *(word for store in STORES_ON_FILES for word in ("--storage", f"{store}=fs-01::fsap-02")),
    )
    text = json.dumps(made)
    assert {each["metadata"].get("namespace", "socks") for each in made} == {"socks"}
    assert "nodePort" not in text
    assert '"storageClassName": "gp3"' in text
    assert '"minReplicas": 2' in text
    assert '"name": "DATABASE_HOST", "value": "db.example"' in text
    assert '"name": "DATABASE_USER", "value": "root"' in text
    assert '"cidr": "10.0.0.0/8"' in text
    assert '"kubernetes.io/metadata.name": "watching"' in text
    assert f'"image": "registry.example/socks/carts:0.4.8@{digest}"' in text
    assert '"volumeHandle": "fs-01::fsap-02"' in text


def test_passwords_are_new_each_time() -> None:
    _, first = printed("passwords")
    _, second = printed("passwords")
    assert first["kind"] == "Secret"
    assert first["stringData"].keys() == {"root-password", "password"}
    assert first["stringData"] != second["stringData"]


def test_passwords_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "passwords.json"
    file.write_text('{"root-password": "one", "password": "two"}')
    _, secret = printed("passwords", "--file", str(file))
    assert secret["stringData"] == {"root-password": "one", "password": "two"}


@pytest.mark.parametrize(
    ("arguments", "message", "status"),
    [
        (["manifests", "--node-port", "80"], "neither a port from 30000 to 32767 nor none", 2),
        (["manifests", "--replicas", "0"], "is not a number from 1 to 10", 2),
        (["manifests", "--catalogue-database", "db"], "needs --database-network", 1),
        (["manifests", "--database-network", "here"], "is not a range of addresses", 2),
        (["manifests", "--storage", "carts-db=disk"], "not like carts-db=fs-0123::fsap-4567", 2),
        (["manifests", "--storage", "carts-db=fs-1::fsap-1"], "missing for orders-db, user-db", 1),
        (["manifests", "--digests", "missing.json"], "missing.json cannot be read as JSON", 1),
        (["passwords", "--file", "pyproject.toml"], "cannot be read as JSON", 1),
        ([], "required: COMMAND", 2),
    ],
)
def test_a_mistake_is_explained(arguments: list[str], message: str, status: int) -> None:
    done = sockshop(*arguments)
    assert done.returncode == status
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_a_store_that_cannot_live_on_files_is_refused() -> None:
    given = [f"{store}=fs-1::fsap-1" for store in (*STORES_ON_FILES, "rabbitmq")]
    done = sockshop("manifests", *(word for each in given for word in ("--storage", each)))
    assert done.returncode == 1
    assert "rabbitmq cannot use EFS" in done.stderr
