"""The connection to the database server: encrypted when it can be, proven when an authority is named."""

import datetime
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from sqlalchemy import text

from bookstore.extensions import db
from tests.bookstore.conftest import running
from tests.bookstore.mariadb import MariaDB


def certify(folder: Path, address: str) -> Path:
    """A certificate for the address that proves itself, and its key; returns the certificate's file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "database")])
    today = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - datetime.timedelta(days=1))
        .not_valid_after(today + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder.mkdir()
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    file = folder / "certificate.pem"
    file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return file


@pytest.fixture
def encrypted(
    mariadb: MariaDB, server: dict[str, str], tmp_path: Path
) -> Iterator[tuple[dict[str, str], Path]]:
    """Settings of a shop whose server offers TLS, and the certificate that proves the server."""
    certificate = certify(tmp_path / "server", "127.0.0.1")
    mariadb.stop()
    mariadb.start(f"--ssl-cert={certificate}", f"--ssl-key={certificate.with_name('key.pem')}")
    yield server, certificate
    mariadb.stop()
    mariadb.start()


def cipher(environment: dict[str, str]) -> str:
    for app in running(environment):
        with app.app_context():
            return str(db.session.execute(text("SHOW STATUS LIKE 'Ssl_cipher'")).one()[1])
    raise AssertionError


def ready(environment: dict[str, str]) -> int:
    for app in running(environment):
        return app.test_client().get("/readyz").status_code
    raise AssertionError


def test_encryption(encrypted: tuple[dict[str, str], Path], tmp_path: Path) -> None:
    environment, certificate = encrypted
    assert cipher(environment)  # asked of nobody, and yet
    assert cipher(environment | {"DB_SSL_CA": str(certificate)})
    for forged in (certify(tmp_path / "forged", "127.0.0.1"), certify(tmp_path / "other", "127.0.0.2")):
        assert ready(environment | {"DB_SSL_CA": str(forged)}) == 503


def test_a_server_without_encryption_does_not_do_where_it_is_asked_for(
    server: dict[str, str], tmp_path: Path
) -> None:
    assert ready(server) == 200
    certificate = certify(tmp_path / "server", "127.0.0.1")
    assert ready(server | {"DB_SSL_CA": str(certificate)}) == 503
