"""A preview tells each value that changes, the old one and the new one."""

import json
from pathlib import Path
from typing import Any

from tools.changes import UNKNOWN, Record


def digest(tmp_path: Path, *steps: dict[str, Any]) -> str:
    file = tmp_path / "events.json"
    file.write_text(
        "".join(json.dumps({"resourcePreEvent": {"metadata": step}}) + "\n" for step in steps)
        + '{"summaryEvent": {}}\n'
    )
    return Record(file).digest()


def step(op: str, old: object, new: object, name: str = "web") -> dict[str, Any]:
    urn = f"urn:pulumi:dev::shop::shop:Server$aws:ec2/instance:Instance::{name}"
    return {"op": op, "urn": urn, "old": {"inputs": old}, "new": {"inputs": new}}


def test_what_changes_is_told_from_what_to_what(tmp_path: Path) -> None:
    old = {"port": 8080, "tags": {"a": "1"}, "list": [1, {"x": "long " * 40}], "same": 1, "__secret": 1}
    new = {"port": UNKNOWN, "tags": {"a": "1", "b": ""}, "list": [1, {"x": "é"}], "same": 1, "__secret": 2}
    said = digest(
        tmp_path,
        step("same", old, new),
        step("create", None, new),
        step("update", old, new),
        step("replace", {"ami": "ami-1"}, {"ami": "ami-2"}, "nat"),
        step("delete", old, None, "gone"),
    )
    assert said.splitlines() == [
        "",
        "What changes:",
        "~  aws:ec2/instance:Instance web",
        f"     list[1].x   {('long ' * 40)[:59]}… → é",
        "     port        8080 → (known after up)",
        '     tags.b      (none) → ""',
        "",
        "+- aws:ec2/instance:Instance nat",
        "     ami   ami-1 → ami-2",
        "",
        "-  aws:ec2/instance:Instance gone",
    ]


def test_where_nothing_changes_nothing_is_said(tmp_path: Path) -> None:
    assert digest(tmp_path, step("same", {}, {}), step("create", None, {"a": 1})) == ""
    assert Record(tmp_path / "no record").digest() == ""
