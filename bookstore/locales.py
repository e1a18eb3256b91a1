"""The languages of the shop, and which one a visitor reads it in."""

from flask import has_request_context, request

LANGUAGES = {"en": "English", "es": "Español"}


def select_locale() -> str:
    """Return what the visitor chose (cookie `language`), else what the browser asks for, else English."""
    if not has_request_context():
        return "en"
    chosen = request.cookies.get("language")
    if chosen in LANGUAGES:
        return chosen
    return request.accept_languages.best_match(LANGUAGES, "en") or "en"
