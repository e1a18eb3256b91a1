"""Pictures of book covers, each in a file of its own."""

import re
import secrets
import warnings
from pathlib import Path
from typing import BinaryIO

from PIL import Image, ImageOps

from bookstore.config import settings
from bookstore.errors import BadCover, NotFound

LARGEST_FILE = 5 * 1024 * 1024  # bytes
LARGEST_PICTURE = 40_000_000  # pixels: what a telephone takes; a few kilobytes can unpack to far more
WIDTH, HEIGHT = 900, 1350  # pixels that a cover is shown at, at most
_FORMATS = ("JPEG", "PNG", "WEBP")
_NAME = re.compile(r"[0-9a-f]{32}\.webp")


def store(stream: BinaryIO) -> str:
    """Keep the picture and return its new name; raises `BadCover` when it is none, too long or too large.

    Whatever the file claims to be, its content decides. It is drawn anew as WebP, so that nothing else it
    held (the place it was taken at, a script) is kept or served.
    """
    data = stream.read(LARGEST_FILE + 1)
    if len(data) > LARGEST_FILE:
        raise BadCover
    picture = _draw(data)
    name = f"{secrets.token_hex(16)}.webp"
    folder = settings().covers
    folder.mkdir(parents=True, exist_ok=True)
    half = folder / f".{name}"
    try:
        picture.save(half, "WEBP", quality=82, method=4)
        half.replace(folder / name)  # a reader never sees half a picture
    finally:
        half.unlink(missing_ok=True)
    return name


def path(name: str) -> Path:
    """The picture's file; raises `NotFound` for a name that `store` did not give or that is gone."""
    file = settings().covers / name
    if not _NAME.fullmatch(name) or not file.is_file():
        raise NotFound
    return file


def remove(name: str) -> None:
    """Delete the picture; one that is gone already is no error."""
    if _NAME.fullmatch(name):
        (settings().covers / name).unlink(missing_ok=True)


def _draw(data: bytes) -> Image.Image:
    from io import BytesIO

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(BytesIO(data), formats=_FORMATS) as picture:
                if picture.width * picture.height > LARGEST_PICTURE:
                    raise BadCover
                picture.draft("RGB", (WIDTH, HEIGHT))  # a JPEG is unpacked at no more than it takes
                upright = ImageOps.exif_transpose(picture)
                upright.thumbnail((WIDTH, HEIGHT))
                drawn = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    except (
        OSError,
        ValueError,
        SyntaxError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ) as failure:
        raise BadCover from failure
    drawn.info.clear()
    return drawn
