"""A Dockerfile in parts: its stages, each with its instructions in order."""

from pathlib import Path

BOOKSTORE = Path(__file__).resolve().parents[2] / "bookstore"
Instruction = tuple[str, str]


def instructions(text: str) -> list[Instruction]:
    """Return (NAME, arguments) of every instruction, with continued lines joined and without comments."""
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    joined = "\n".join(lines).replace("\\\n", " ").splitlines()
    return [
        (name.upper(), rest.strip()) for name, _, rest in (line.strip().partition(" ") for line in joined)
    ]


def stages(found: list[Instruction]) -> list[list[Instruction]]:
    """Return the instructions from each FROM to the next."""
    parts: list[list[Instruction]] = []
    for name, rest in found:
        if name == "FROM":
            parts.append([])
        if parts:
            parts[-1].append((name, rest))
    return parts
