"""`make up`, `down`, `status` with the real engine, on a small project in a directory of its own."""

import json
import os
import stat
from pathlib import Path

import pytest

from tools import deploy, preflight
from tools.engine import Engine
from tools.errors import UserError
from tools.preflight import Request
from tools.stack import Stack

SETTINGS = "# The shop on this machine.\nconfig:\n  trial:port: 8080\n"
PROGRAM = """
from pathlib import Path
import pulumi

data = Path(__file__).parent.parent / ".data" / "dev"
data.mkdir(parents=True, exist_ok=True)
(data / ".bookstore-data").touch()
pulumi.export("url", "http://127.0.0.1:" + pulumi.Config().require("port"))
pulumi.export("data_directory", str(data))
accounts = {"buyer": {"email": "buyer@bookstore.example", "password": "a-good-password"}}
pulumi.export("demo_accounts", pulumi.Output.secret(accounts))
"""

# Makes one thing, then stops.
STOPPING = """
import pulumi

first = pulumi.ComponentResource("trial:Thing", "first")
first.register_outputs({})

def stop(urn):
    raise pulumi.RunError(f"not after {urn}")

pulumi.export("url", first.urn.apply(stop))
"""


@pytest.fixture(autouse=True)
def nothing_chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A user who has told Pulumi nothing and given no settings to make."""
    for name in os.environ:
        if name.startswith("PULUMI_") or name in {
            "PORT",
            "CONFIG",
            "PURGE",
            "FOLLOW",
            "YES",
            "KEY",
            "EMULATOR",
        }:
            monkeypatch.delenv(name)
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "pulumi-home"))


@pytest.fixture
def stack(tmp_path: Path, engine: Engine) -> Stack:
    project = tmp_path / "a checkout"  # with a space, as on many desktops
    (project / "infra").mkdir(parents=True)
    (project / "Pulumi.yaml").write_text("name: trial\nruntime: python\nmain: infra/\n")
    (project / "Pulumi.dev.yaml").write_text(SETTINGS)
    (project / "infra" / "__main__.py").write_text(PROGRAM)
    return Stack("dev", engine, project)


def again(stack: Stack) -> Stack:
    """The stack as the next command sees it."""
    return Stack(stack.name, stack.engine, stack.project)


def test_up_tells_where_the_shop_is_and_who_may_sign_in(
    stack: Stack, capfd: pytest.CaptureFixture[str]
) -> None:
    assert deploy.up(stack) == 0
    shown = capfd.readouterr().out
    assert "The shop is open: http://127.0.0.1:8080" in shown
    assert "buyer@bookstore.example   a-good-password" in shown


def test_up_leaves_the_tracked_files_alone_and_the_secrets_closed(stack: Stack) -> None:
    assert deploy.up(stack) == 0
    assert (stack.project / "Pulumi.dev.yaml").read_text() == SETTINGS
    tracked = {path.name for path in stack.project.iterdir() if not path.name.startswith(".")}
    assert tracked == {"Pulumi.yaml", "Pulumi.dev.yaml", "infra"}
    assert stat.S_IMODE(stack.state.stat().st_mode) == 0o700
    assert stat.S_IMODE((stack.state / "passphrase").stat().st_mode) == 0o600
    states = list(stack.state.glob(".pulumi/stacks/**/*.json"))
    assert states
    assert not any("a-good-password" in path.read_text() for path in states)


def test_a_setting_for_one_run(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "8081")
    assert deploy.up(again(stack)) == 0
    assert stack.outputs()["url"] == "http://127.0.0.1:8081"
    assert (stack.project / "Pulumi.dev.yaml").read_text() == SETTINGS
    monkeypatch.setenv("CONFIG", "port")
    with pytest.raises(UserError, match="gives no value"):
        again(stack)


def test_preview_changes_nothing(stack: Stack, capfd: pytest.CaptureFixture[str]) -> None:
    assert deploy.preview(stack) == 0
    shown = capfd.readouterr().out
    assert "to create" in shown
    assert "What changes" not in shown
    assert stack.outputs() == {}


def test_down_keeps_the_data_until_told_to_purge(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    data = stack.project / ".data" / "dev"
    assert deploy.up(stack) == 0
    assert deploy.down(stack) == 0
    assert not stack.exists()
    assert data.is_dir()
    shown = capfd.readouterr().out
    assert "make down PURGE=1 deletes it" in shown
    assert "pulumi stack rm" not in shown
    monkeypatch.setenv("PURGE", "1")
    assert deploy.down(stack) == 0
    assert not data.exists()
    assert (stack.project / "Pulumi.dev.yaml").read_text() == SETTINGS


def test_a_stack_whose_cluster_is_gone_is_taken_down_when_told_to_forget_it(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (stack.project / "Pulumi.cluster.yaml").write_text(
        "config:\n  trial:stage: cluster\n  trial:cluster: kubeconfig\n  trial:kubeconfig: /gone\n"
    )
    monkeypatch.setenv("YES", "1")
    gone = Stack("cluster", stack.engine, stack.project)
    gone.create()
    with pytest.raises(
        UserError, match=r"/gone cannot be read(.|\n)*make down STACK=cluster PULUMI_K8S_DELETE"
    ):
        deploy.down(gone)
    assert gone.exists()
    monkeypatch.setenv("PULUMI_K8S_DELETE_UNREACHABLE", "true")
    assert deploy.down(gone) == 0
    assert "The stack cluster is removed." in capfd.readouterr().out
    assert not gone.exists()


def test_purge_deletes_no_directory_that_is_not_the_shops(tmp_path: Path) -> None:
    (tmp_path / "thesis").touch()
    with pytest.raises(UserError, match="is not deleted"):
        deploy.purge(tmp_path)
    assert (tmp_path / "thesis").exists()


@pytest.mark.parametrize("command", [deploy.status, deploy.logs])
def test_what_is_not_deployed_is_said_with_its_remedy(stack: Stack, command: deploy.Command) -> None:
    with pytest.raises(UserError, match=r"is not deployed.*\n.*make up"):
        command(stack)


@pytest.mark.parametrize("command", [deploy.status, deploy.logs])
def test_what_stopped_half_way_is_said_with_both_ways_out(stack: Stack, command: deploy.Command) -> None:
    (stack.project / "infra" / "__main__.py").write_text(STOPPING)
    assert deploy.up(stack) != 0
    with pytest.raises(UserError, match=r"half deployed.*after 1 resource\b.*\n.*make up.*make down"):
        command(stack)


def test_a_secret_setting_is_kept_encrypted_and_reaches_the_program(
    stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("KEY", raising=False)
    for key, message in (
        ("", "Which setting"),
        ("duckdnsTokn", "did you mean duckdnsToken"),
        ("port", "no sett"),
    ):
        monkeypatch.setenv("KEY", key)
        with pytest.raises(UserError, match=message):
            preflight.check(Request.of("secret", "monolith"))
    assert deploy.up(stack) == 0  # the salt is beside the state by now
    (tmp_path / "typed").write_text("hunter2\n")
    monkeypatch.setenv("KEY", "token")
    (tmp_path / "nothing").touch()
    with (tmp_path / "nothing").open() as typed:
        monkeypatch.setattr("sys.stdin", typed)
        with pytest.raises(UserError, match="token got no value"):
            deploy.secret(stack)
    assert (stack.project / "Pulumi.dev.yaml").read_text() == SETTINGS
    with (tmp_path / "typed").open() as typed:
        monkeypatch.setattr("sys.stdin", typed)
        assert deploy.secret(stack) == 0
    tracked = (stack.project / "Pulumi.dev.yaml").read_text()
    assert tracked.startswith("# The shop on this machine.")
    assert "secure:" in tracked
    assert "hunter2" not in tracked + capfd.readouterr().out
    with (stack.project / "infra" / "__main__.py").open("a") as program:
        program.write('pulumi.export("token", pulumi.Config().require_secret("token"))\n')
    assert deploy.up(stack) == 0
    assert stack.outputs()["token"] == "hunter2"


def lock(stack: Stack, process: int) -> Path:
    held = stack.state / ".pulumi" / "locks" / "organization" / "trial" / "dev" / "lock.json"
    held.parent.mkdir(parents=True)
    held.write_text(json.dumps({"pid": process, "hostname": os.uname().nodename}))
    return held


def test_the_lock_of_a_run_that_was_killed_is_lifted(stack: Stack, capfd: pytest.CaptureFixture[str]) -> None:
    held = lock(stack, os.getpid())  # alive, and no engine: the number was given to another process
    assert deploy.up(stack) == 0
    assert "left its lock; lifted" in capfd.readouterr().out
    assert not held.exists()


def test_a_lock_that_another_machine_holds_is_respected(stack: Stack) -> None:
    held = lock(stack, os.getpid())
    held.write_text(json.dumps({"pid": os.getpid(), "hostname": "another-machine"}))
    with pytest.raises(UserError, match="Another run works on the stack dev"):
        deploy.up(stack)
    assert held.exists()


def test_what_an_interrupted_run_had_begun_is_cleared(
    stack: Stack, capfd: pytest.CaptureFixture[str]
) -> None:
    assert deploy.up(stack) == 0
    (kept,) = stack.state.glob(".pulumi/stacks/**/dev.json")
    state = json.loads(kept.read_text())
    urn = "urn:pulumi:dev::trial::trial:Thing::begun"
    resource = {"urn": urn, "custom": False, "type": "trial:Thing", "parent": ""}
    state["checkpoint"]["latest"]["pending_operations"] = [{"resource": resource, "type": "creating"}]
    kept.write_text(json.dumps(state))
    assert stack.pending()
    capfd.readouterr()
    assert deploy.up(stack) == 0
    assert "looking at what it had begun" in capfd.readouterr().out
    assert not stack.pending()


def test_a_salt_of_a_trial_by_hand_is_in_nobodys_way(stack: Stack) -> None:
    tracked = stack.project / "Pulumi.dev.yaml"
    by_hand = (
        SETTINGS + "encryptionsalt: v1:u2EMdQ1bDdM=:v1:kmJDvIVUGDBXQ0ie:4I0tNQCVEObQMYSEqdZkXkrJCHLsVg==\n"
    )
    tracked.write_text(by_hand)
    assert deploy.up(stack) == 0
    assert tracked.read_text() == by_hand
    tracked.write_text(by_hand.replace("encryption", "  trial:token:\n    secure: v1:of:another\nencryption"))
    with pytest.raises(UserError, match=r"Remedy: (.|\n)*make secret STACK=dev KEY=token"):
        deploy.up(again(stack))


def test_a_place_for_the_state_that_the_user_chose_is_used(
    stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.setenv("PULUMI_BACKEND_URL", f"file://{tmp_path / 'elsewhere'}")
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "chosen")
    chosen = Stack("dev", stack.engine, stack.project)
    assert deploy.up(chosen) == 0
    assert chosen.exists()
    assert list((tmp_path / "elsewhere").glob(".pulumi/stacks/**/dev.json"))
    assert not list(stack.state.glob(".pulumi/stacks/**/dev.json"))
    tracked = (stack.project / "Pulumi.dev.yaml").read_text()
    monkeypatch.setenv("PORT", "8081")
    assert deploy.up(again(chosen)) == 0
    assert chosen.outputs()["url"] == "http://127.0.0.1:8081"
    assert (stack.project / "Pulumi.dev.yaml").read_text() == tracked, "a setting of one run has stayed"


def test_an_unknown_stack_is_named_with_the_nearest_and_the_way_to_make_one(stack: Stack) -> None:
    with pytest.raises(UserError, match=r"no stack dve.*STACK=dev\?\n.*one of dev(.|\n)*> Pulumi\.dve\.yaml"):
        Stack("dve", stack.engine, stack.project)
    with pytest.raises(UserError, match="no name of a stack"):
        Stack("../dev", stack.engine, stack.project)


def test_a_second_stack_of_the_local_stage_is_local(stack: Stack, capfd: pytest.CaptureFixture[str]) -> None:
    (stack.project / "Pulumi.mine.yaml").write_text(SETTINGS + "  trial:stage: dev\n")
    mine = Stack("mine", stack.engine, stack.project)
    assert mine.free
    assert deploy.up(mine) == 0
    assert "make down STACK=mine" in capfd.readouterr().out


def test_the_stack_whose_cluster_is_asked_for_has_to_be_there(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONFIG", "cluster=stack")
    assert preflight.cluster_stack_exists in preflight.CHECKS["up"]
    assert preflight.cluster_stack_exists in preflight.CHECKS["preview"]
    with pytest.raises(UserError, match=r"the stack cluster, which does not exist.*\n.*STACK=cluster"):
        preflight.cluster_stack_exists(request(stack))
    (stack.project / "Pulumi.theirs.yaml").write_text(SETTINGS)
    Stack("theirs", stack.engine, stack.project).create()
    for known in ("theirs", "somebody/else/cluster"):
        monkeypatch.setenv("CONFIG", f"cluster=stack clusterStack={known}")
        preflight.cluster_stack_exists(request(stack))


def request(stack: Stack) -> Request:
    made = Request.of("up", stack.name, project=stack.project)
    made.stack = stack
    return made
