"""The measurements, one function for each question; every one starts what it needs and stops it again."""

import http.client
import sqlite3
import statistics
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from pathlib import Path
from urllib.parse import urlsplit

from bench import books, questions
from bench.load import Timing, hammer, visit
from bench.mariadb import MariaDB, mariadb
from bench.plan import Plan, cores
from bench.results import Memory, Page, Question, Results, Thoughtful, middle
from bench.serving import Served, run_command, served, shop, shop_settings
from bench.yardstick import SIZE_VARIABLE

ENOUGH = 1_000_000  # copies of each book: no purchase of the bench must fail for want of stock
CATALOGUE = "/book/catalog"


def tell(text: str) -> None:
    """Say what is being measured, to whoever waits."""
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {text}\n")
    sys.stderr.flush()
