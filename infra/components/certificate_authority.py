"""A certificate authority for connections inside the network."""

import ipaddress
from dataclasses import dataclass

import pulumi
import pulumi_tls as tls

# Ten years, in hours. Only the stack's own machines and pods trust this authority, and a new one is installed
# on both ends at once: a shorter validity would only be one more thing that fails at night.
VALIDITY = 10 * 365 * 24


@dataclass(frozen=True, kw_only=True)
class ServerCertificate:
    """A certificate and its private key, both PEM."""

    certificate: pulumi.Output[str]
    key: pulumi.Output[str]


class CertificateAuthority(pulumi.ComponentResource):
    """An authority for servers that only the stack's own clients connect to.

    Its private key is in the stack's state, encrypted, and on no machine.
    """

    certificate: pulumi.Output[str]

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("bookstore:index:CertificateAuthority", name, None, opts)
        child_opts = pulumi.ResourceOptions(parent=self)
        self._key = tls.PrivateKey(name, algorithm="ECDSA", ecdsa_curve="P256", opts=child_opts)
        own = tls.SelfSignedCert(
            name,
            private_key_pem=self._key.private_key_pem,
            is_ca_certificate=True,
            validity_period_hours=VALIDITY,
            allowed_uses=["cert_signing", "crl_signing"],
            subject=tls.SelfSignedCertSubjectArgs(common_name=f"{name} authority"),
            opts=child_opts,
        )
        self.certificate = own.cert_pem
        self.register_outputs({"certificate": self.certificate})

    def issue(self, name: str, address: str) -> ServerCertificate:
        """Return a certificate for the server with an IP address or a host name."""
        child_opts = pulumi.ResourceOptions(parent=self)
        key = tls.PrivateKey(f"{name}-server", algorithm="ECDSA", ecdsa_curve="P256", opts=child_opts)
        request = tls.CertRequest(
            f"{name}-server",
            private_key_pem=key.private_key_pem,
            ip_addresses=[address] if _is_ip(address) else None,
            dns_names=None if _is_ip(address) else [address],
            subject=tls.CertRequestSubjectArgs(common_name=name),
            opts=child_opts,
        )
        signed = tls.LocallySignedCert(
            f"{name}-server",
            cert_request_pem=request.cert_request_pem,
            ca_private_key_pem=self._key.private_key_pem,
            ca_cert_pem=self.certificate,
            validity_period_hours=VALIDITY,
            allowed_uses=["digital_signature", "server_auth"],
            opts=child_opts,
        )
        return ServerCertificate(certificate=signed.cert_pem, key=key.private_key_pem)


def _is_ip(address: str) -> bool:
    try:
        ipaddress.ip_address(address)
    except ValueError:
        return False
    return True
