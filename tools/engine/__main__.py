"""`python -m tools.engine`: gets an engine, says which, and links it into the virtual environment."""

import sys
from pathlib import Path

from tools.engine import find_engine
from tools.engine.finder import link
from tools.errors import UserError


def main() -> int:
    """Exit status 0 with one line that names the engine; 1 with cause and remedy."""
    try:
        engine = find_engine()
    except UserError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted; nothing half-built is left.", file=sys.stderr)
        return 130
    if sys.prefix != sys.base_prefix:  # in a virtual environment
        link(engine, Path(sys.executable).parent)
    print(engine)
    return 0


if __name__ == "__main__":
    sys.exit(main())
