"""Certificates as a platform of a government's own network has them: made here, vouched for by one of its own."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

__all__ = ["Authority"]


@dataclass(frozen=True)
class Authority:
    """Who vouches; use `Authority.made()`."""

    folder: Path
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate
    names_keys: bool = True

    @classmethod
    def made(cls, folder: Path, name: str, *, names_keys: bool = True) -> Authority:
        """A new one; of the old kind it names no keys in what it signs."""
        key = ec.generate_private_key(ec.SECP256R1())
        folder.mkdir(exist_ok=True)
        signed = (
            _stated(
                name, name, key.public_key(), by_key=key if names_keys else None, days=(-10, 10)
            )
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_SIGNS_CERTIFICATES, critical=True)
        )
        found = cls(folder, key, signed.sign(key, hashes.SHA256()), names_keys)
        found.file.write_bytes(found.certificate.public_bytes(serialization.Encoding.PEM))
        return found

    @property
    def file(self) -> Path:
        """Its own certificate, to be trusted."""
        return self.folder / "authority.pem"

    def serving(
        self, *, address: str = "127.0.0.1", days: tuple[int, int] = (-1, 1)
    ) -> ssl.SSLContext:
        """What serves at an address by a certificate of this authority, valid between two days from now."""
        key = ec.generate_private_key(ec.SECP256R1())
        named = self.certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value
        stated = _stated(
            "platform",
            str(named),
            key.public_key(),
            by_key=self.key if self.names_keys else None,
            days=days,
        ).add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))]), critical=False
        )
        signed = stated.sign(self.key, hashes.SHA256())
        path = self.folder / f"{x509.random_serial_number()}.pem"
        path.write_bytes(
            signed.public_bytes(serialization.Encoding.PEM)
            + key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )  # fmt: skip
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context


#: RFC 5280, 4.2.1.3: an authority's own says that it signs others.
_SIGNS_CERTIFICATES = x509.KeyUsage(
    key_cert_sign=True, crl_sign=True, digital_signature=False, content_commitment=False,
    key_encipherment=False, data_encipherment=False, key_agreement=False, encipher_only=False,
    decipher_only=False,
)  # fmt: skip


def _stated(
    name: str,
    by: str,
    key: ec.EllipticCurvePublicKey,
    *,
    by_key: ec.EllipticCurvePrivateKey | None,
    days: tuple[int, int],
) -> x509.CertificateBuilder:
    """With both keys named where the other's is given, as Python 3.13 and newer insist on (RFC 5280, 4.2.1.1 and 4.2.1.2)."""
    begins, ends = (datetime.now(UTC) + timedelta(days=day) for day in days)
    stated = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, by)]))
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
    )
    if by_key is None:
        return stated
    whose = x509.AuthorityKeyIdentifier.from_issuer_public_key(by_key.public_key())
    return stated.add_extension(
        x509.SubjectKeyIdentifier.from_public_key(key), critical=False
    ).add_extension(whose, critical=False)
