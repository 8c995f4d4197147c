"""An authority of a test's own, and the certificate that it gave to a server on this machine."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

SERVER_NAMES = x509.SubjectAlternativeName(
    [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
)


@dataclass(frozen=True, slots=True)
class Certificates:
    """Files in PEM."""

    authority: Path
    server: Path
    key: Path


def certificates(folder: Path) -> Certificates:
    """A new authority and server: obstore does not take an authority for a server, as OpenSSL does."""
    authority_key, server_key = ec.generate_private_key(ec.SECP256R1()), _key(folder / "key.pem")
    authority = _named("authority of a test", authority_key.public_key(), "authority of a test")
    server = _named("localhost", server_key.public_key(), "authority of a test")
    files = Certificates(folder / "authority.pem", folder / "server.pem", folder / "key.pem")
    signed = (
        (files.authority, authority.add_extension(x509.BasicConstraints(True, 0), critical=True)),
        (files.server, server.add_extension(SERVER_NAMES, critical=False)),
    )
    for file, certificate in signed:
        pem = certificate.sign(authority_key, hashes.SHA256())
        file.write_bytes(pem.public_bytes(serialization.Encoding.PEM))
    return files


def _key(file: Path) -> ec.EllipticCurvePrivateKey:
    key = ec.generate_private_key(ec.SECP256R1())
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return key


def _named(subject: str, key: ec.EllipticCurvePublicKey, issuer: str) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return x509.CertificateBuilder(
        issuer_name=x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]),
        subject_name=x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)]),
        public_key=key,
        serial_number=x509.random_serial_number(),
        not_valid_before=now - timedelta(days=1),
        not_valid_after=now + timedelta(days=1),
    )
