"""`python -m tools.environment NEED`: set up what one kind of target needs; silent when it is there."""

import argparse
import os
import sys
from typing import NamedTuple

from tools import stacks
from tools.environment import packages, programs
from tools.errors import run_command

ALL = "infra,aws,kubernetes,emulator,load,sbom,dev"


class Need(NamedTuple):
    """What one kind of target needs: extras of pyproject.toml, programs, the project itself."""

    extras: str
    programs: tuple[str, ...] = ()
    project: bool = True


NEEDS = {
    "deploy": Need(
        "infra"
    ),  # the preflight installs what the stage needs beside, once the settings are checked
    "emulator": Need("infra,emulator"),
    "load": Need("load", project=False),
    "sbom": Need("sbom", project=False),
    "lint": Need(ALL, ("shellcheck",)),
    "test": Need(ALL, tuple(programs.PROGRAMS)),
}


def main() -> int:
    """Set up; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("need", choices=NEEDS)
    asked = parser.parse_args().need
    if asked == "deploy":
        stacks.require(os.environ.get("STACK") or stacks.DEFAULT)
    need = NEEDS[asked]
    packages.make_venv()
    packages.install(need.extras, project=need.project)
    programs.install(need.programs)
    return 0


if __name__ == "__main__":
    sys.exit(run_command(main, "Interrupted; run it again to go on."))
