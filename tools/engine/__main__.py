"""`python -m tools.engine`: get an engine, say which, and link it into the virtual environment."""

import sys
from pathlib import Path

from tools.engine import find_engine
from tools.engine.finder import link
from tools.errors import run_command


def main() -> int:
    """Print one line that names the engine; return the exit status."""
    engine = find_engine()
    if sys.prefix != sys.base_prefix:  # in a virtual environment
        link(engine, Path(sys.executable).parent)
    print(engine)
    return 0


if __name__ == "__main__":
    sys.exit(run_command(main, "Interrupted; nothing half-built is left."))
