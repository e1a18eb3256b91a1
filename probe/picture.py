"""A small picture to upload as a book's cover, drawn here: the probe ships no files."""

import struct
import zlib


def png(width: int = 120, height: int = 180) -> bytes:
    """A PNG (8-bit RGB) shaded from blue to green."""
    rows = b"".join(
        b"\0" + b"".join(bytes((31, 90 + y * 120 // height, 120 - x * 60 // width)) for x in range(width))
        for y in range(height)
    )
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
