"""The accounts that a new shop has for demonstrations."""

from collections.abc import Mapping

ROLES = ("buyer", "seller", "administrator")


def with_emails(passwords: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Return what a person needs to log in: `{role: {email, password}}`.

    Args:
        passwords: a password for each role.
    """
    return {
        role: {"email": f"{role}@bookstore.example", "password": password}
        for role, password in passwords.items()
    }
