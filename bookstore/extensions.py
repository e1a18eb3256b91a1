"""The Flask extensions, unbound: `create_app` binds them to an application."""

from flask_babel import Babel
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager as FlaskLoginManager
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    """The base class of the models; it names constraints alike on both databases."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class LoginManager(FlaskLoginManager):  # type: ignore[misc]
    """Flask-Login without its "remember me" cookie, which the shop never sets."""

    def _load_user_from_remember_cookie(self, cookie: str) -> None:
        """Load nobody: Flask-Login fails on a cookie with other letters than ASCII."""


db = SQLAlchemy(metadata=Base.metadata)
migrate = Migrate()
babel = Babel()
login_manager = LoginManager()
csrf = CSRFProtect()

# Counted in the memory of each worker process: with N workers a client gets up to N times the limit. That
# still stops the guessing of passwords by the thousand, and costs neither a server nor a write per request.
limiter = Limiter(key_func=get_remote_address, storage_uri="memory://", headers_enabled=True)
