"""Cover pictures: one WebP file for each."""

import re
import secrets
import warnings
from pathlib import Path
from typing import BinaryIO

from PIL import Image, ImageOps

from bookstore.config import settings
from bookstore.errors import BadCover, NotFound

MAX_FILE_BYTES = 5 * 1024 * 1024  # bytes
MAX_PIXELS = 40_000_000  # what a telephone takes; a few kilobytes can decode to far more
MAX_WIDTH, MAX_HEIGHT = 900, 1350  # pixels of a stored cover
_FORMATS = ("JPEG", "PNG", "WEBP")
_NAME = re.compile(r"[0-9a-f]{32}\.webp")


def store(stream: BinaryIO) -> str:
    """Store the picture and return its new name. Raise `BadCover` when it is no picture or too large.

    The content decides what a file is, not its name. The picture is encoded again as WebP, so that nothing
    else in the file (a location, a script) is stored or served.
    """
    data = stream.read(MAX_FILE_BYTES + 1)
    if len(data) > MAX_FILE_BYTES:
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
    """Return the picture's file. Raise `NotFound` for a name that `store` did not give or that is gone."""
    file = settings().covers / name
    if not _NAME.fullmatch(name) or not file.is_file():
        raise NotFound
    return file


def remove(name: str) -> None:
    """Delete the picture, if it is there."""
    if _NAME.fullmatch(name):
        (settings().covers / name).unlink(missing_ok=True)


def _draw(data: bytes) -> Image.Image:
    from io import BytesIO

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(BytesIO(data), formats=_FORMATS) as picture:
                if picture.width * picture.height > MAX_PIXELS:
                    raise BadCover
                picture.draft("RGB", (MAX_WIDTH, MAX_HEIGHT))  # decodes a JPEG at a smaller size
                upright = ImageOps.exif_transpose(picture)
                upright.thumbnail((MAX_WIDTH, MAX_HEIGHT))
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
