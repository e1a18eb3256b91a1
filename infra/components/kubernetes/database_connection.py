"""How pods connect to a MySQL database, inside the cluster or outside."""

from dataclasses import dataclass

import pulumi

# AWS publishes the certificates of RDS's authorities, of all regions, in one file.
RDS_AUTHORITIES = "https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem"


@dataclass(frozen=True, kw_only=True)
class DatabaseConnection:
    """A database and the account that uses it; connections are by TLS.

    Args:
        host: the name in the server's certificate.
        db_name: the database.
        user: the account.
        password: the account's.
        authority: PEM of the authority that signed the server's certificate; None for RDS, whose authorities
            the pods download.
    """

    host: pulumi.Input[str]
    db_name: str
    user: str
    password: pulumi.Output[str]
    authority: pulumi.Output[str] | None
