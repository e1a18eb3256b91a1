"""Walks a whole purchase through a deployed shop and says how each step went.

    python -m probe.smoke URL [--shop sockshop] [--authority FILE]

Needs no packages. Takes away again what it made, as far as the shop lets it, and says what stays.
Exit status: 0 when every step went well, 1 when one did not, 2 when the arguments make no sense.
"""

import argparse
import sys

from probe import arguments, runner
from probe.shops import SHOPS


def main(given: list[str] | None = None) -> int:
    """Run the command; return its exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m probe.smoke", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("url", type=arguments.address, help="the shop's address, e.g. http://127.0.0.1:8080")
    parser.add_argument("--shop", choices=SHOPS, default="bookstore", help="what is sold there")
    parser.add_argument("--authority", type=arguments.file, metavar="FILE", help="certificates to trust, PEM")
    options = parser.parse_args(given)
    return runner.run(SHOPS[options.shop].scenario, options.url, options.authority, sys.stdout.write)


if __name__ == "__main__":
    sys.exit(main())
