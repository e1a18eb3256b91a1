"""Text that people type: validation, and folding for comparison."""

import re
import unicodedata

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from bookstore.errors import Invalid

_SPACE = re.compile(r"\s+")
_WORD = re.compile(r"[^\W_]+")


def line(value: str, name: LazyString, max_length: int) -> str:
    """Return one line of text, trimmed. Raise `Invalid` when it is empty or too long."""
    return _checked(_SPACE.sub(" ", value), name, max_length)


def paragraphs(value: str, name: LazyString, max_length: int) -> str:
    """Return text of several lines, trimmed. Raise `Invalid` when it is empty or too long."""
    return _checked(value.replace("\r\n", "\n"), name, max_length)


def _checked(value: str, name: LazyString, max_length: int) -> str:
    kept = unicodedata.normalize("NFC", value).strip()
    if not kept:
        raise Invalid(_l("%(name)s must not be empty.", name=name))
    if len(kept) > max_length:
        raise Invalid(_l("%(name)s must have at most %(count)d characters.", name=name, count=max_length))
    if any(unicodedata.category(letter) in ("Cc", "Cs") and letter not in "\n\t" for letter in kept):
        raise Invalid(_l("%(name)s contains a character that is not text.", name=name))
    return kept


def folded(value: str) -> str:
    """Return the text without accents and capitals: Borges, BORGES and Bórges are equal."""
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", value).casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def words(value: str) -> list[str]:
    """Return the folded words of a text, in order."""
    return _WORD.findall(folded(value))
