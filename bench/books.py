"""Shelves of any size, filled with made-up books whose words are as rare or as common as we say."""

import csv
import os
import random
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from bench.mariadb import MariaDB

COMMON, USUAL, RARE = "ocean", "lantern", "zephyrine"  # in every second book, in 1 %, in five
RARE_BOOKS = 5
LANGUAGES = ("en", "es", "fr", "de", "it", "pt")
CATEGORIES = ("adventure", "drama", "essay", "history", "mystery", "novel", "poetry", "science", "travel")
SYLLABLES = ("ba", "co", "du", "fe", "gi", "la", "mo", "nu", "pe", "ri", "sa", "to", "vu", "xe", "zi")
SELLER = (
    "INSERT INTO users (id, name, email, password_hash, role, created_at) "
    "VALUES (1, 'Bench', 'bench@bookstore.example', '', 'member', '2026-01-01 00:00:00.000000')"
)
DESCRIPTION = (
    "A made-up book on a made-up shelf, with as many words to describe it as a real one would have. " * 2
)


class Row(NamedTuple):
    """A book as the table keeps it: the price in cents, the title folded once more to sort by."""

    id: int
    seller_id: int
    title: str
    title_key: str
    author: str
    year: int
    language: str
    category: str
    description: str
    price: int
    stock: int
    created_at: str

    @property
    def terms(self) -> set[str]:
        """Return all terms of the book."""
        return {*self.title_key.split(), *self.author.lower().split()} | {
            f"language={self.language}",
            f"category={self.category}",
        }


def rows(count: int) -> Iterator[Row]:
    """Yield books 1 to `count`, always the same."""
    chance = random.Random(20)  # noqa: S311  # nosec B311
    words = [a + b + c for a in SYLLABLES for b in SYLLABLES for c in SYLLABLES]
    for number in range(1, count + 1):
        picked = chance.choices(words, k=5)
        title = picked[:3]
        if number % 2 == 0:
            title.append(COMMON)
        if number % 200 in {50, 125}:
            title.append(USUAL)
        if number % (count // RARE_BOOKS) == 0:
            title.append(RARE)
        yield Row(
            id=number,
            seller_id=1,
            title=" ".join(title).capitalize(),
            title_key=" ".join(title),
            author=f"{picked[3].capitalize()} {picked[4].capitalize()}",
            year=chance.randint(1600, 2025),
            language=chance.choice(LANGUAGES),
            category=chance.choice(CATEGORIES),
            description=DESCRIPTION,
            price=chance.randint(300, 9000),
            stock=chance.choice((0, 1, 2, 5, 8, 13)),
            created_at="2026-01-01 00:00:00.000000",
        )


class Shelf(NamedTuple):
    """Books as two files of tab-separated values: themselves, and their search index in its order."""

    books: Path
    words: Path


def write(folder: Path, count: int) -> Shelf:
    """Write the files of a shelf of `count` books into `folder`."""
    shelf = Shelf(folder / f"books-{count}.tsv", folder / f"words-{count}.tsv")
    unsorted = folder / f"unsorted-{count}.tsv"
    with shelf.books.open("w", newline="") as books, unsorted.open("w") as words:
        writer = csv.writer(books, delimiter="\t", lineterminator="\n")
        for row in rows(count):
            writer.writerow(row)
            words.writelines(f"{term}\t{row.id}\n" for term in row.terms)
    # In the order of its key an index is filled many times faster than in any other.
    order = ["--key=1,1", "--key=2,2n", "--field-separator=	", f"--output={shelf.words}"]
    by_bytes = {**os.environ, "LC_ALL": "C"}
    subprocess.run(["sort", *order, str(unsorted)], check=True, env=by_bytes)
    unsorted.unlink()
    return shelf


def fill_sqlite(database: Path, shelf: Shelf) -> None:
    """Put the shelf into a migrated, empty SQLite database."""
    connection = sqlite3.connect(database)
    try:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute(SELLER)
        for table, columns, file in _tables(shelf):
            places = ", ".join("?" * len(columns))
            statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})"  # noqa: S608  # nosec B608
            with file.open(newline="") as lines:
                connection.executemany(statement, csv.reader(lines, delimiter="\t"))
        connection.commit()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()


def fill_mariadb(server: MariaDB, database: str, shelf: Shelf) -> None:
    """Put the shelf into a migrated, empty database of the server."""
    server.execute(
        SELLER,
        "SET SESSION unique_checks = 0, foreign_key_checks = 0",
        *(
            f"LOAD DATA LOCAL INFILE '{file}' INTO TABLE {table} CHARACTER SET utf8mb4 ({', '.join(columns)})"
            for table, columns, file in _tables(shelf)
        ),
        database=database,
    )


def _tables(shelf: Shelf) -> list[tuple[str, tuple[str, ...], Path]]:
    return [("books", Row._fields, shelf.books), ("book_words", ("word", "book_id"), shelf.words)]
