"""A certificate authority for tests, and the certificates for 127.0.0.1 that it and others sign."""

import ssl
import warnings
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Signed:
    """A certificate with its key, and the server that shows it."""

    file: str
    """PEM: key, certificate, and whoever signed it up to the authority."""
    newest_tls: ssl.TLSVersion = ssl.TLSVersion.MAXIMUM_SUPPORTED

    def server_context(self) -> ssl.SSLContext:
        """TLS as a server speaks it; old versions at the level of security at which they still exist."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_ciphers("ALL:@SECLEVEL=0")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = self.newest_tls
        context.load_cert_chain(self.file)
        return context


class Authority:
    """Signs certificates; `file` is its own, for clients that trust it."""

    def __init__(self, folder: Path, name: str = "crmsnap tests") -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _named(name)
        self._certificate = self._sign(self._name, self._key, is_authority=True)
        self.file = folder / f"{name.replace(' ', '-')}.pem"
        self.file.write_bytes(self._certificate.public_bytes(serialization.Encoding.PEM))

    def good(self) -> Signed:
        """Nothing is wrong with it."""
        return self._written("good")

    def expired(self) -> Signed:
        """Since yesterday."""
        return self._written("expired", begins=-3 * DAY, ends=-DAY)

    def not_yet_valid(self) -> Signed:
        """From tomorrow on."""
        return self._written("not-yet", begins=DAY, ends=3 * DAY)

    def of_another_host(self) -> Signed:
        """Of 127.0.0.2, and of a name."""
        return self._written("other", hosts=(x509.IPAddress(ip_address("127.0.0.2")), _DNS))

    def with_a_weak_key(self) -> Signed:
        """RSA with 1,024 bits."""
        return self._written("weak", key=rsa.generate_private_key(65537, 1024))  # noqa: S505 - that is what is refused

    def self_signed(self) -> Signed:
        """By nobody but itself."""
        key = ec.generate_private_key(ec.SECP256R1())
        own = self._sign(_named("self"), key, signer=key, issuer=_named("self"))
        return Signed(self._file("self", key, own))

    def signed_by_a_host(self) -> Signed:
        """By a certificate that is good for its host, and for signing nothing."""
        host_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
        host = self._sign(_named("host"), host_key)
        forged = self._sign(_named("forged"), key, signer=host_key, issuer=_named("host"))
        return Signed(self._file("forged", key, forged, host))

    def old_tls(self) -> Signed:
        """Good, on a server that speaks TLS 1.0 and 1.1."""
        return Signed(self.good().file, ssl.TLSVersion.TLSv1_1)

    def _written(
        self,
        name: str,
        *,
        key: Key | None = None,
        begins: timedelta = -DAY,
        ends: timedelta = DAY,
        hosts: tuple[x509.GeneralName, ...] = (),
    ) -> Signed:
        key = key or ec.generate_private_key(ec.SECP256R1())
        signed = self._sign(_named(name), key, begins=begins, ends=ends, hosts=hosts)
        return Signed(self._file(name, key, signed))

    def _sign(
        self,
        subject: x509.Name,
        key: Key,
        *,
        signer: Key | None = None,
        issuer: x509.Name | None = None,
        begins: timedelta = -DAY,
        ends: timedelta = DAY,
        hosts: tuple[x509.GeneralName, ...] = (),
        is_authority: bool = False,
    ) -> x509.Certificate:
        now = datetime.now(UTC)
        signer = signer or self._key
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer or self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + min(begins, ends - DAY))
            .not_valid_after(now + ends)
            .add_extension(x509.SubjectAlternativeName(hosts or (_THIS_HOST,)), critical=False)
            .add_extension(x509.BasicConstraints(is_authority, None), critical=True)
            .add_extension(
                x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False
            )
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()),
                critical=False,
            )
            .sign(signer, hashes.SHA256())
        )

    def _file(self, name: str, key: Key, *chain: x509.Certificate) -> str:
        file = self._folder / f"{name}-key.pem"
        file.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            + b"".join(one.public_bytes(serialization.Encoding.PEM) for one in chain)
        )
        return str(file)


_THIS_HOST = x509.IPAddress(ip_address("127.0.0.1"))
_DNS = x509.DNSName("elsewhere.example")


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
