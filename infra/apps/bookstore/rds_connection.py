"""How the BookStore's pods connect to a database in RDS."""

from infra.components.aws.data.rds_database import RdsDatabase
from infra.components.kubernetes.database_connection import DatabaseConnection


def rds_connection(database: RdsDatabase) -> DatabaseConnection:
    """Return the connection to a database in RDS."""
    return DatabaseConnection(
        host=database.address,
        db_name=database.db_name,
        user=database.user,
        password=database.password.value,
        authority=None,
    )
