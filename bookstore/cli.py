"""Commands for whoever runs the shop."""

import json
import sys
from pathlib import Path

import click
from flask import Flask
from flask.cli import AppGroup
from sqlalchemy.exc import OperationalError, ProgrammingError

from bookstore import accounts, stock_list
from bookstore.errors import Refused
from bookstore.models import Role

DEMONSTRATION = {
    "buyer": ("Beatriz Buyer", Role.MEMBER),
    "seller": ("Samuel Seller", Role.MEMBER),
    "administrator": ("Ada Administrator", Role.ADMINISTRATOR),
}


class Commands(AppGroup):
    """A group of commands that say in one line when the database is missing."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; for a database error show one line instead of a traceback."""
        try:
            return super().invoke(ctx)
        except (OperationalError, ProgrammingError) as failure:
            why = f"{failure.orig}. Is the database running and migrated (flask db upgrade)?"
            raise click.ClickException(why) from failure


catalogue_commands = Commands("catalogue", help="Manage the shop's own books.")
account_commands = Commands("accounts", help="Manage accounts.")


def register(app: Flask) -> None:
    """Add the commands to the application's `flask`."""
    app.cli.add_command(catalogue_commands)
    app.cli.add_command(account_commands)


@catalogue_commands.command("load")
@click.argument("file", type=click.Path(path_type=Path), default=stock_list.BUNDLED)
def load(file: Path) -> None:
    """Put the books of a CSV FILE (by default the bundled one) on sale; safe to run again."""
    try:
        loaded = stock_list.load(file)
    except stock_list.BadStockList as failure:
        raise click.ClickException(f"Nothing was loaded. {failure}") from failure
    click.echo(f"{loaded.added} books added, {loaded.updated} updated.")


@account_commands.command("demo")
def demo() -> None:
    """Create or update the demonstration accounts, with the passwords that a JSON object on stdin gives."""
    try:
        passwords = json.load(sys.stdin)
    except ValueError as failure:
        raise click.ClickException("Standard input must be a JSON object of passwords.") from failure
    if not isinstance(passwords, dict) or not passwords.keys() <= DEMONSTRATION.keys():
        raise click.ClickException(f"The JSON object's names must be among {', '.join(DEMONSTRATION)}.")
    for who, password in passwords.items():
        name, role = DEMONSTRATION[who]
        try:
            accounts.set_account(name, f"{who}@bookstore.example", str(password), role)
        except Refused as refusal:
            raise click.ClickException(f"{who}: {refusal}") from refusal
    click.echo(f"{len(passwords)} demonstration accounts are ready.")


@account_commands.command("administrator")
@click.argument("email")
def administrator(email: str) -> None:
    """Make the account with this EMAIL an administrator."""
    try:
        user = accounts.make_administrator(email)
    except Refused as refusal:
        raise click.ClickException(str(refusal)) from refusal
    click.echo(f"{user.email} is an administrator.")
