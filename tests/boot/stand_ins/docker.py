#!/usr/bin/python3
"""As much of Docker as the boot scripts use, for machines that cannot reach a registry or run its daemon.

A container is a process in a mount namespace of its own, on the files that the test has put below IMAGE. The
registry has one image and gives it to clients that have logged in.
"""

import argparse
import json
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

IMAGE = Path("/var/lib/image")  # the registry's: config.json and the tree
STORE = Path("/var/lib/docker")  # the daemon's: what has been pulled
RUN = Path("/run/containers")


def run(words: list[str]) -> NoReturn:
    """Do `docker run`, in the foreground."""
    parser = argparse.ArgumentParser()
    for option in ("--name", "--log-driver", "--user", "--security-opt", "--publish", "--cap-drop"):
        parser.add_argument(option)
    for option in ("--volume", "--env"):
        parser.add_argument(option, action="append", default=[])
    for option in ("--rm", "--read-only"):
        parser.add_argument(option, action="store_true")
    parser.add_argument("image")
    given = parser.parse_args(words)
    require(given.image)
    config = json.loads((IMAGE / "config.json").read_text())
    environment = {**config["env"], **dict(pair.split("=", 1) for pair in given.env)}
    # The network is the machine's: the server has to listen where Docker would, and nowhere else.
    published = given.publish.rpartition(":")[0]
    environment["PUBLISHED"] = published if ":" in published else f"0.0.0.0:{published}"
    os.umask(0o022)  # the daemon's, whatever the client's is
    tree = IMAGE / "tree"
    commands = ["mount --make-rprivate /", f"mount --rbind {tree} {tree}"]
    for volume in given.volume:
        source, target, *read_only = volume.split(":")
        place = f"{tree}{target}"
        commands += [f"mkdir -p {Path(place).parent}"]
        commands += [f"mkdir -p {place}" if Path(source).is_dir() else f"touch {place}"]
        commands += [f"mount --bind {source} {place}"]
        commands += [f"mount -o remount,bind,ro {place}"] if read_only else []
    commands += [f"mount -t tmpfs -o mode=1777 shm {tree}/dev/shm", f"mount -t proc proc {tree}/proc"]
    commands += [f"mount -o remount,bind,ro {tree}"] if given.read_only else []
    commands += [f'cd {tree} && exec chroot . "$@"']
    RUN.mkdir(exist_ok=True)
    (RUN / given.name).write_text(json.dumps({"pid": os.getpid(), "user": given.user, "env": environment}))
    become(
        *("unshare", "--mount", "sh", "-euc", "\n".join(commands), "docker"),
        *inside(given.user, environment, config["command"]),
    )


def execute(words: list[str]) -> NoReturn:
    """Do `docker exec`."""
    name, *command = [word for word in words if word != "--interactive"]
    container = json.loads((RUN / name).read_text())
    become(
        *(
            "nsenter",
            f"--target={container['pid']}",
            "--mount",
            "--root",
            f"--wd=/proc/{container['pid']}/root",
        ),
        *inside(container["user"], container["env"], command),
    )


def inside(user: str, environment: dict[str, str], command: list[str]) -> Iterator[str]:
    """Return the command without any privilege and with exactly this environment."""
    uid, gid = user.split(":")
    yield from ("/usr/bin/setpriv", f"--reuid={uid}", f"--regid={gid}", "--clear-groups", "--no-new-privs")
    yield from ("--inh-caps=-all", "--bounding-set=-all", "/usr/bin/env", "--chdir=/var/lib/bookstore", "-i")
    yield from (f"{name}={value}" for name, value in environment.items())
    yield from command


def become(*words: str) -> NoReturn:
    """Replace this process by another program."""
    os.execvp(words[0], words)


def require(image: str) -> None:
    """Exit unless the image was pulled."""
    if not (STORE / image.replace("/", "_")).exists():
        sys.exit(f"Unable to find image '{image}' locally")


def pull(image: str) -> None:
    """Do `docker pull`."""
    reference = json.loads((IMAGE / "config.json").read_text())["reference"]
    if image != reference:
        sys.exit(f"manifest for {image} not found")
    # As in the real client, the environment says where the credentials are.
    if not signed_in().exists():
        sys.exit("no basic auth credentials")
    STORE.mkdir(exist_ok=True)
    (STORE / image.replace("/", "_")).touch()


def login() -> None:
    """Do `docker login`, with any password."""
    if not sys.stdin.read().strip():
        sys.exit("no password given")
    signed_in().parent.mkdir(parents=True, exist_ok=True)
    signed_in().touch()


def signed_in() -> Path:
    """Return the file that shows that the client has logged in."""
    return Path(os.environ.get("DOCKER_CONFIG", "~/.docker")).expanduser() / "signed-in"


def stop(name: str) -> None:
    """Do `docker stop`."""
    os.kill(json.loads((RUN / name).read_text())["pid"], 15)


def remove(name: str) -> None:
    """Do `docker rm` of a container that has ended."""
    if not (RUN / name).exists():
        sys.exit(f"No such container: {name}")
    (RUN / name).unlink()


def main() -> None:
    """Do what the command line says."""
    match sys.argv[1:]:
        case ["version", *_]:
            print("24.0.7")
        case ["run", *words]:
            run(words)
        case ["exec", *words]:
            execute(words)
        case ["image", "inspect", image]:
            require(image)
        case ["image", "prune", *_]:
            shutil.rmtree(STORE, ignore_errors=True)
        case ["login", *_]:
            login()
        case ["logout", _]:
            signed_in().unlink()
        case ["pull", "--quiet", image]:
            pull(image)
        case ["stop", "--time", _, name]:
            stop(name)
        case ["rm", "--force", name]:
            remove(name)
        case words:
            sys.exit(f"the stand-in for Docker knows no {' '.join(words)}")


if __name__ == "__main__":
    main()
