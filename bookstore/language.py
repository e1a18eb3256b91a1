"""The language that a visitor reads the shop in."""

from flask import has_request_context, request, session

LANGUAGES = {"en": "English", "es": "Español"}


def selected() -> str:
    """What the visitor chose (cookie or session `language`), else what the browser asks for, else English."""
    if not has_request_context():
        return "en"
    for chosen in (request.cookies.get("language"), session.get("language")):
        if chosen in LANGUAGES:
            return str(chosen)
    return request.accept_languages.best_match(LANGUAGES, "en") or "en"
