"""Health checks for load balancers and orchestrators: liveness and readiness."""

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
    """Add /healthz and /readyz."""
    app.register_blueprint(blueprint)


@blueprint.get("/healthz")
def healthz() -> Response:
    """Say that the process lives, without asking the database: a restart would not repair it."""
    return Response("ok", mimetype="text/plain")


@blueprint.get("/readyz")
def readyz() -> tuple[Response, int]:
    """Answer 200 when the database is reachable and migrated to this version, else 503 and the reason."""
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
