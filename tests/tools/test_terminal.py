"""A passage that is not to be shown goes, whatever pieces it comes in; a terminal stays a terminal."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tools.terminal import Passage

SAID = b"- 9 deleted\n\nThe advice is long. \nRun `rm all`.\nlast words"
SHOW = """
import os, sys
from pathlib import Path
from tools.terminal import show
child = "import sys; print(sys.stdout.isatty()); print('The advice:\\\\nrm all\\\\n\\\\033[1mend')"
sys.exit(show([sys.executable, "-c", child], Path.cwd(), os.environ, ("The advice", "rm all")))
"""


@pytest.mark.parametrize("size", range(1, len(SAID) + 1))
def test_a_passage_is_taken_out_in_whatever_pieces_it_comes(size: int) -> None:
    passage = Passage("The advice", "rm all")
    pieces = [SAID[start : start + size] for start in range(0, len(SAID), size)]
    shown = b"".join(map(passage.removed_from, pieces)) + passage.rest()
    assert shown == b"- 9 deleted\n\nlast words"


@pytest.mark.parametrize("terminal", [True, False])
def test_a_program_finds_the_users_terminal(terminal: bool) -> None:
    reader, writer = pty.openpty() if terminal else os.pipe()
    status = subprocess.run(
        [sys.executable, "-c", SHOW], stdout=writer, cwd=Path(__file__).parents[2], check=False
    ).returncode
    os.close(writer)
    shown = os.read(reader, 1000).decode().replace("\r\n", "\n")
    os.close(reader)
    assert status == 0
    assert shown == f"{terminal}\n\033[1mend\n"
