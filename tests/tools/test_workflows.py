"""What GitHub runs for us: each stack on AWS is previewed, and tells so in one comment of its own."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.tools.conftest import program

ROOT = Path(__file__).resolve().parents[2]
WORKFLOWS = ROOT / ".github" / "workflows"
WORKFLOW = yaml.safe_load((WORKFLOWS / "preview.yaml").read_text())
PREVIEW = WORKFLOW["jobs"]["preview"]

# As much of `gh api` as the workflow uses; all comments are in one file.
GH = f"""#!{sys.executable}
import json, os, pathlib, sys

_, api, *arguments = sys.argv
assert api == "api"
store = pathlib.Path(os.environ["COMMENTS"])
comments = json.loads(store.read_text())
method = arguments[arguments.index("--method") + 1] if "--method" in arguments else "GET"
place = next(word for word in arguments if word.startswith("repos/shop/books/issues/"))
if method == "GET":
    assert place.endswith("/7/comments")
    asked = arguments[arguments.index("--jq") + 1]
    for comment in comments:
        if f'startswith("{{comment["body"].splitlines()[0]}}")' in asked:
            print(comment["id"])
    sys.exit()
field = arguments[arguments.index("--field") + 1]
assert field.startswith("body=@")
body = pathlib.Path(field.removeprefix("body=@")).read_text()
if method == "POST":
    assert place.endswith("/7/comments")
    comments.append({{"id": len(comments) + 1, "body": body}})
else:
    (known,) = [comment for comment in comments if place.endswith(f"/issues/comments/{{comment['id']}}")]
    known["body"] = body
store.write_text(json.dumps(comments))
"""


def test_every_stack_on_aws_is_previewed() -> None:
    stacks = {path.name.split(".")[1] for path in ROOT.glob("Pulumi.*.yaml")}
    assert set(PREVIEW["strategy"]["matrix"]["stack"]) == stacks - {"dev"}


def test_the_job_may_do_no_more_than_it_must() -> None:
    assert WORKFLOW["permissions"] == {}
    assert PREVIEW["permissions"] == {"contents": "read", "id-token": "write", "pull-requests": "write"}
    assert "github.event.pull_request.head.repo.full_name == github.repository" in PREVIEW["if"]


def test_actions_of_others_are_named_by_commit_and_jobs_only_read_unless_they_say_so() -> None:
    for file in WORKFLOWS.iterdir():
        used = re.findall(r"\buses: (.+)", file.read_text())
        assert used
        for action in used:
            # A tag can be moved to other code; the comment tells people, and Dependabot, which release it is.
            assert re.fullmatch(r"[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action), f"{file.name}: {action}"
        assert yaml.safe_load(file.read_text())["permissions"] in ({}, {"contents": "read"})


@pytest.fixture
def comments(tmp_path: Path) -> Path:
    store = tmp_path / "comments.json"
    store.write_text("[]")
    program(tmp_path / "bin" / "gh", GH)
    return store


def post(comments: Path, stack: str, preview: str) -> list[dict[str, Any]]:
    """Run the step that posts; give all comments there are then."""
    (step,) = [step for step in PREVIEW["steps"] if step.get("name") == "Post the changes"]
    (comments.parent / "preview.txt").write_text(preview)
    subprocess.run(
        ["bash", "-e", "-c", step["run"]],
        cwd=comments.parent,
        env={
            "PATH": f"{comments.parent / 'bin'}:{os.environ['PATH']}",
            "COMMENTS": str(comments),
            "GITHUB_REPOSITORY": "shop/books",
            "NUMBER": "7",
            "STACK": stack,
        },
        check=True,
    )
    found: list[dict[str, Any]] = json.loads(comments.read_text())
    return found


def test_a_stack_has_one_comment_which_the_next_preview_takes(comments: Path) -> None:
    post(comments, "monolith", "+ 3 to create\n")
    post(comments, "scaled", "+ 5 to create\n")
    first, second = post(comments, "monolith", "```\n+ 4 to create\n" + "more\n" * 20_000)
    assert first["body"].startswith("<!-- preview of monolith -->\n### `pulumi preview` of monolith\n")
    assert "3 to create" not in first["body"]
    assert len(first["body"]) < 65_536
    assert "5 to create" in second["body"]
    (first, _) = post(comments, "monolith", "```\n+ 4 to create\n")
    assert first["body"].endswith("```text\n` ` `\n+ 4 to create\n\n```\n")
