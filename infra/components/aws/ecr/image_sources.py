"""The files that an image is built from, and the tag that stands for them.

`python -m infra.components.aws.ecr.image_sources DIRECTORY` prints the tag; it needs no packages.
"""

import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path


@dataclass(frozen=True)
class ImageSources:
    """A directory with a Dockerfile.

    Args:
        context: the directory; its `.dockerignore` names the files that are not sources.
    """

    context: Path

    @property
    def tag(self) -> str:
        """Return the image tag: a digest of the names and contents of all sources."""
        return self._digest(f"{name} {sha256(file.read_bytes()).hexdigest()}" for name, file in self._files())

    @property
    def checkout(self) -> str:
        """Return a digest of what differs between checkouts of the same sources: path and file modes.

        Docker's provider builds and pushes again when either changes.
        """
        modes = (f"{name} {file.stat().st_mode}" for name, file in self._files())
        return self._digest([str(self.context), *modes])

    def _files(self) -> Iterator[tuple[str, Path]]:
        ignored = _ignored(self.context / ".dockerignore")
        for file in sorted(self.context.rglob("*")):
            name = file.relative_to(self.context).as_posix()
            # The Dockerfile counts even if it is ignored: it determines the image.
            if file.is_file() and (name == "Dockerfile" or not ignored.fullmatch(name)):
                yield name, file

    def _digest(self, lines: Iterable[str]) -> str:
        return sha256("\n".join(lines).encode()).hexdigest()[:16]


def _ignored(file: Path) -> re.Pattern[str]:
    """Return a pattern that matches ignored files, and all files in ignored directories."""
    lines = [line.strip() for line in file.read_text().splitlines()] if file.is_file() else []
    patterns = [_pattern(line.strip("/")) for line in lines if line and not line.startswith("#")]
    return re.compile(f"({'|'.join(patterns)})(/.*)?" if patterns else r"(?!)")


def _pattern(line: str) -> str:
    if re.search(r"[!?\[\\]", line):
        raise ValueError(f".dockerignore: {line} is not supported; use only * and **")
    meanings = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*"}
    return "".join(meanings.get(part, re.escape(part)) for part in re.split(r"(\*\*/|\*\*|\*)", line))


if __name__ == "__main__":
    print(ImageSources(Path(sys.argv[1])).tag)
