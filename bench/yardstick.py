"""The yardstick: one bare Flask route that renders a template as long as the shop's catalogue page.

It asks no database. What the shop takes longer than this is the price of being a shop. The page has as many
rows as the catalogue has books on a page, each with a few values that the template escapes.
"""

import os

from flask import Flask, render_template
from jinja2 import Template

ROWS = 24
SIZE_VARIABLE = "YARDSTICK_BYTES"
TEMPLATE = """<!doctype html>
<html lang="en"><head><title>{{ title }}</title></head><body><h1>{{ title }}</h1><ul>
{% for row in rows %}<li><a href="/{{ row.number }}">{{ row.name }}</a> <b>{{ row.price }}</b> FILLING</li>
{% endfor %}</ul></body></html>
"""


def create_app() -> Flask:
    """The application; the length of its page in bytes comes from the environment."""
    wanted = int(os.environ[SIZE_VARIABLE])
    app = Flask(__name__)
    rows = [{"number": n, "name": f"Book & number {n:02}", "price": f"US$ {n:02}.50"} for n in range(ROWS)]

    values = {"title": "A page of the same length", "rows": rows}

    def template(filling: int) -> Template:
        return app.jinja_env.from_string(TEMPLATE.replace("FILLING", "x" * filling))

    empty = template(0).render(values)
    page = template(max(0, (wanted - len(empty)) // ROWS))

    @app.get("/")
    def index() -> str:
        return render_template(page, **values)

    return app
