"""`python -m sockshop`."""

import sys

from sockshop.command import main

sys.exit(main())
