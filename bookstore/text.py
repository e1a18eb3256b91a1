"""Text that people type: what the shop takes of it, and how it is folded to be compared."""

import re
import unicodedata

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from bookstore.errors import Invalid

_SPACE = re.compile(r"\s+")
_WORD = re.compile(r"[^\W_]+")


def line(value: str, name: LazyString, longest: int) -> str:
    """One line of text, trimmed; raises `Invalid` when it is empty or longer than `longest` characters."""
    return _checked(_SPACE.sub(" ", value), name, longest)


def paragraphs(value: str, name: LazyString, longest: int) -> str:
    """Text of several lines, trimmed; raises `Invalid` when it is empty or too long."""
    return _checked(value.replace("\r\n", "\n"), name, longest)


def _checked(value: str, name: LazyString, longest: int) -> str:
    kept = unicodedata.normalize("NFC", value).strip()
    if not kept:
        raise Invalid(_l("%(name)s must not be empty.", name=name))
    if len(kept) > longest:
        raise Invalid(_l("%(name)s must have at most %(count)d characters.", name=name, count=longest))
    if any(unicodedata.category(letter) in ("Cc", "Cs") and letter not in "\n\t" for letter in kept):
        raise Invalid(_l("%(name)s holds a character that is not text.", name=name))
    return kept


def folded(value: str) -> str:
    """The text without accents and capitals: Borges, BORGES and Bórges are one."""
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", value).casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def words(value: str) -> list[str]:
    """The folded words of a text, in its order."""
    return _WORD.findall(folded(value))
