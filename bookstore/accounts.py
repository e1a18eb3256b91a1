"""Accounts: registration, passwords and roles."""

import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from email_validator import EmailNotValidError, validate_email
from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from bookstore.errors import EmailTaken, Invalid, NotFound
from bookstore.extensions import db
from bookstore.models import Role, User
from bookstore.paging import MAX_ID
from bookstore.text import line
from bookstore.transactions import changed, is_unique_violation, transaction

MIN_PASSWORD_LENGTH = 8
MAX_PASSWORD_LENGTH = 200  # characters; hashing takes the same time for any length, reading does not

# The smallest setting that OWASP recommends, 19 MiB and two passes: eight sign-ins at once take 152 MiB. With
# the library's default of 64 MiB each they would take half of a t3.micro's 1 GiB.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
NO_PASSWORD = "!"  # noqa: S105  # nosec B105
HOUSE_EMAIL = "house@bookstore.invalid"
WRONG_PASSWORD = _l("Your current password is not correct.")


def register(name: str, email: str, password: str) -> User:
    """Create a member's account. Raise `Invalid`, or `EmailTaken` for an address that has one."""
    return _open(line(name, _l("Name"), 100), _address(email), _hash(password), Role.MEMBER)


def authenticate(email: str, password: str) -> User | None:
    """Return the account with this address and password, or None, in the same time for an unknown one."""
    user = db.session.scalar(select(User).where(User.email == _folded(email)))
    kept = user.password_hash if user and user.password_hash != NO_PASSWORD else _nobody()
    if not _matches(kept, password) or user is None or user.password_hash == NO_PASSWORD:
        return None
    if _hasher.check_needs_rehash(user.password_hash):
        _keep_password(user.id, user.password_hash, _hasher.hash(password))
    return user


def has_password(user: User, password: str) -> bool:
    """Return whether this is the account's password."""
    return user.password_hash != NO_PASSWORD and _matches(user.password_hash, password)


def change_password(user: User, old: str, new: str) -> None:
    """Replace the password. Raise `Invalid` when `old` is not the current one.

    Every session of the account ends: sign the user in again to keep the present one.
    """
    if not has_password(user, old):
        raise Invalid(WRONG_PASSWORD)
    if not _keep_password(user.id, user.password_hash, _hash(new)):
        raise Invalid(WRONG_PASSWORD)


def signed_in(session_id: str) -> User | None:
    """Return the account of a session, or None when its password has changed since."""
    number, _, _ = session_id.partition(".")
    if not (number.isascii() and number.isdigit() and int(number) <= MAX_ID):
        return None
    user = db.session.get(User, int(number))
    return user if user is not None and user.get_id() == session_id else None


def lock(user: User) -> None:
    """Lock the account until the transaction ends. Raise `NotFound` when it was deleted meanwhile."""
    found = select(User.id).where(User.id == user.id, User.name != "").with_for_update()
    if db.session.scalar(found) is None:
        raise NotFound


@transaction
def house() -> User:
    """Return the account that sells the shop's own books; nobody can sign in to it."""
    found = db.session.scalar(select(User).where(User.email == HOUSE_EMAIL).with_for_update())
    return found or _open("BookStore", HOUSE_EMAIL, NO_PASSWORD, Role.MEMBER)


@transaction
def set_account(name: str, email: str, password: str, role: Role) -> User:
    """Create or update an account, for whoever runs the shop. Raise `Invalid`."""
    found = db.session.scalar(select(User).where(User.email == _address(email)).with_for_update())
    if found is None:
        return _open(line(name, _l("Name"), 100), _address(email), _hash(password), role)
    found.role = role
    if not _matches(found.password_hash, password):
        found.password_hash = _hash(password)
    return found


@transaction
def make_administrator(email: str) -> User:
    """Make an existing account an administrator. Raise `NotFound`."""
    found = db.session.scalar(select(User).where(User.email == _folded(email)))
    if found is None or found.password_hash == NO_PASSWORD:
        raise NotFound(_l("There is no account with this e-mail address."))
    found.role = Role.ADMINISTRATOR
    return found


@transaction
def _open(name: str, email: str, password_hash: str, role: Role) -> User:
    user = User(name=name, email=email, password_hash=password_hash, role=role)
    db.session.add(user)
    try:
        db.session.flush()
    except IntegrityError as failure:
        if is_unique_violation(failure):
            raise EmailTaken from failure
        raise
    return user


@transaction
def _keep_password(user_id: int, old_hash: str, new_hash: str) -> bool:
    """Replace one hash by another and return whether the old one was still there."""
    unchanged = update(User).where(User.id == user_id, User.password_hash == old_hash)
    return bool(changed(unchanged.values(password_hash=new_hash)))


def _address(email: str) -> str:
    try:
        # No DNS look-up: registration would depend on other people's name servers.
        checked = validate_email(_folded(email), check_deliverability=False, test_environment=False)
    except EmailNotValidError as failure:
        raise Invalid(_l("Please enter a valid e-mail address.")) from failure
    return checked.normalized.lower()


def _folded(email: str) -> str:
    return unicodedata.normalize("NFC", email.strip()).lower()[:254]


def _hash(password: str) -> str:
    if not MIN_PASSWORD_LENGTH <= len(password) <= MAX_PASSWORD_LENGTH:
        raise Invalid(_l("The password must have at least %(count)d characters.", count=MIN_PASSWORD_LENGTH))
    return _hasher.hash(password)


def _matches(kept: str, password: str) -> bool:
    try:
        return len(password) <= MAX_PASSWORD_LENGTH and _hasher.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobody() -> str:
    """Return a hash of a password that nobody has."""
    return _hasher.hash("nobody")
