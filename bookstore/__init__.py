"""The BookStore: a web shop for books, from catalogue to delivered order."""

import os
from collections.abc import Mapping

from flask import Flask

from bookstore import accounts, cli, expiry, health, locales, logs, metrics, security, transactions, web
from bookstore.config import Settings
from bookstore.extensions import babel, csrf, db, limiter, login_manager, migrate


def create_app(environment: Mapping[str, str] | None = None) -> Flask:
    """Create the application from its settings (`environment`, by default the process's own).

    It opens no connection, so that a server may load the application before it forks its workers.
    Raise `bookstore.config.Misconfigured` for a wrong setting.
    """
    settings = Settings.from_environment(os.environ if environment is None else environment)
    app = Flask(__name__, instance_path=str(settings.database_file.parent))
    app.config.from_mapping(settings.for_flask())
    app.extensions["bookstore"] = settings

    db.init_app(app)
    transactions.register(app)
    # Alembic reads the path like a value in an .ini file, where a single % starts an interpolation.
    migrate.init_app(app, db, directory=str(health.MIGRATIONS).replace("%", "%%"))
    babel.init_app(app, locale_selector=locales.select_locale)
    login_manager.init_app(app)
    login_manager.user_loader(accounts.signed_in)
    for part in (logs, security, metrics, health, expiry, cli, web):
        part.register(app)
    # Last: they check forms, and the page cache answers before them.
    csrf.init_app(app)
    limiter.init_app(app)
    return app
