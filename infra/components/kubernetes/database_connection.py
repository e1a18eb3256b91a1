"""How pods reach the shop's database, wherever it is."""

from dataclasses import dataclass

import pulumi

# Where AWS keeps the certificates by which RDS is known, all regions' in one file.
RDS_AUTHORITIES = "https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem"


@dataclass(frozen=True, kw_only=True)
class DatabaseConnection:
    """A database in MySQL, spoken to over TLS, and the account that may use it.

    Args:
        host: by which the server's certificate names it.
        authority: the certificate, PEM, that signed the server's; None for RDS, whose pods fetch AWS's.
    """

    host: pulumi.Input[str]
    schema: str
    user: str
    password: pulumi.Output[str]
    authority: pulumi.Output[str] | None
