"""What the probe's commands are told, checked; argparse turns the errors into messages."""

from argparse import ArgumentTypeError
from pathlib import Path
from urllib.parse import urlsplit


def address(text: str) -> str:
    """An address, with its scheme."""
    parts = urlsplit(text if "://" in text else f"http://{text}")
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ArgumentTypeError(f"{text!r} is no address of a shop; give one like https://shop.example")
    return parts.geturl()


def file(text: str) -> str:
    """A file that exists."""
    if not Path(text).is_file():
        raise ArgumentTypeError(f"{text} is not a file")
    return text


def positive(text: str) -> int:
    """A whole number from 1."""
    if not text.isdecimal() or int(text) == 0:
        raise ArgumentTypeError(f"{text!r} is no number from 1")
    return int(text)
