"""What load balancers and orchestrators ask: does the process live, and may it have visitors?"""

from functools import cache
from pathlib import Path

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint, Flask, Response, jsonify
from sqlalchemy.exc import SQLAlchemyError

from bookstore.extensions import db

MIGRATIONS = Path(__file__).parent / "migrations"

blueprint = Blueprint("health", __name__)


def register(app: Flask) -> None:
    """Answer at /healthz and /readyz."""
    app.register_blueprint(blueprint)


@blueprint.get("/healthz")
def healthz() -> Response:
    """The process lives; asks nothing of the database, whose failure a restart would not mend."""
    return Response("ok", mimetype="text/plain")


@blueprint.get("/readyz")
def readyz() -> tuple[Response, int]:
    """The database answers and has the tables of this version: 200, else 503 and why not."""
    problem = _problem()
    if problem:
        return jsonify(status="unavailable", reason=problem), 503
    return jsonify(status="ready"), 200


def _problem() -> str | None:
    try:
        found = MigrationContext.configure(db.session.connection()).get_current_heads()
    except SQLAlchemyError:
        return "the database cannot be reached"
    return None if set(found) == _heads() else "the database is not migrated to this version: run db upgrade"


@cache
def _heads() -> set[str]:
    return set(ScriptDirectory(str(MIGRATIONS)).get_heads())
