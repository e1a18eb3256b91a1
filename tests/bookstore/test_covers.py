"""Covers: only pictures, drawn anew, of bounded size."""

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image

from bookstore import covers
from bookstore.config import settings
from bookstore.errors import BadCover, NotFound
from tests.bookstore.conftest import Shop


def picture(form: str = "PNG", size: tuple[int, int] = (60, 80), **options: object) -> BytesIO:
    data = BytesIO()
    Image.new("RGB", size, "firebrick").save(data, form, **options)
    data.seek(0)
    return data


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_picture_becomes_webp_under_a_name_of_its_own(sqlite_shop: Shop, form: str) -> None:
    names = {covers.store(picture(form)), covers.store(picture(form))}
    assert len(names) == 2
    for name in names:
        with Image.open(covers.path(name)) as kept:
            assert (kept.format, kept.size) == ("WEBP", (60, 80))


@pytest.mark.parametrize("size", [(3000, 1000), (1000, 3000), (2000, 3000)])
def test_a_large_picture_is_made_smaller_in_proportion(sqlite_shop: Shop, size: tuple[int, int]) -> None:
    with Image.open(covers.path(covers.store(picture("JPEG", size)))) as kept:
        assert kept.width <= 900
        assert kept.height <= 1350
        assert kept.width / kept.height == pytest.approx(size[0] / size[1], rel=0.01)


def test_the_right_way_up_and_without_what_else_the_file_told(sqlite_shop: Shop) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # lying on its side
    exif[0x010E] = "where I live"
    with Image.open(covers.path(covers.store(picture("JPEG", (80, 60), exif=exif.tobytes())))) as kept:
        assert kept.size == (60, 80)
        assert not kept.getexif()
    assert b"where I live" not in next(settings().covers.iterdir()).read_bytes()


def test_transparency_is_kept(sqlite_shop: Shop) -> None:
    data = BytesIO()
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(data, "PNG")
    data.seek(0)
    with Image.open(covers.path(covers.store(data))) as kept:
        assert kept.mode == "RGBA"


def _bomb() -> bytes:
    """A PNG of a few bytes that claims 50,000 by 50,000 pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    data = chunk(b"IDAT", zlib.compress(b"\0" * 1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + data + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no picture",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"GIF89a" + b"\0" * 100,
        picture("GIF").getvalue(),
        picture("BMP").getvalue(),
        picture("JPEG", (600, 800)).getvalue()[:500],
        picture("PNG").getvalue()[:60],
        picture("PNG").getvalue() + b"\0" * covers.MAX_FILE_BYTES,
        _bomb(),
        picture("PNG", (8000, 5001)).getvalue(),
    ],
)
def test_what_is_no_acceptable_picture_is_refused_and_leaves_nothing(sqlite_shop: Shop, data: bytes) -> None:
    with pytest.raises(BadCover):
        covers.store(BytesIO(data))
    assert not settings().covers.exists() or not list(settings().covers.iterdir())


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../bookstore.sqlite3", "/etc/passwd", "0" * 32 + ".webp", "a\0b"]
)
def test_a_name_that_is_none_is_not_found(sqlite_shop: Shop, name: str) -> None:
    with pytest.raises(NotFound):
        covers.path(name)
    covers.remove(name)


def test_a_removed_cover_is_gone(sqlite_shop: Shop) -> None:
    name = covers.store(picture())
    covers.remove(name)
    covers.remove(name)
    with pytest.raises(NotFound):
        covers.path(name)
