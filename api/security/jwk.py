"""Public keys as JSON (RFC 7517), what names one (RFC 7638), and which of them are taken."""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64encode
from typing import Any

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from graph.errors import InputError

__all__ = ["algorithm_of", "jwk_of", "public_key", "read_public_key", "thumbprint"]

#: Members of which a thumbprint is made, by the kind of key (RFC 7638, 3.2).
_REQUIRED = {"EC": ("crv", "kty", "x", "y"), "RSA": ("e", "kty", "n")}
#: NIST SP 800-131A: shorter ones sign nothing.
_LEAST_RSA_BITS = 2048

PublicKey = ec.EllipticCurvePublicKey | rsa.RSAPublicKey


def thumbprint(jwk: dict[str, Any]) -> str:
    """What names a key: SHA-256 of its required members, in base64url without padding."""
    members = {name: jwk[name] for name in _REQUIRED[jwk["kty"]]}
    said = json.dumps(members, sort_keys=True, separators=(",", ":")).encode()
    return urlsafe_b64encode(hashlib.sha256(said).digest()).rstrip(b"=").decode()


def jwk_of(key: PublicKey) -> dict[str, Any]:
    """The required members of a public key."""
    if isinstance(key, ec.EllipticCurvePublicKey):
        told = jwt.algorithms.ECAlgorithm.to_jwk(key, as_dict=True)
    else:
        told = jwt.algorithms.RSAAlgorithm.to_jwk(key, as_dict=True)
    return {name: told[name] for name in _REQUIRED[told["kty"]]}


def public_key(jwk: dict[str, Any]) -> PublicKey:
    """The key that a JWK is of; raises `ValueError` for a private one, or one that we do not take."""
    try:
        if {"d", "k"} & jwk.keys():
            raise ValueError("a private key, or one that both sides hold")
        key = jwt.PyJWK(jwk, algorithm=_ALGORITHMS[str(jwk.get("kty"))]).key
    except (jwt.PyJWTError, KeyError, UnsupportedAlgorithm) as error:
        raise ValueError("no public key that we take") from error
    algorithm_of(key)
    return key  # type: ignore[no-any-return]


def algorithm_of(key: object) -> str:
    """The one algorithm that a key signs with: never what a token says of itself (RFC 8725, 3.1).

    Raises `ValueError` for a key that we do not take.
    """
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
        return _ALGORITHMS["EC"]
    if isinstance(key, rsa.RSAPublicKey) and key.key_size >= _LEAST_RSA_BITS:
        return _ALGORITHMS["RSA"]
    raise ValueError("P-256, or RSA of 2048 bits at least")


_ALGORITHMS = {"EC": "ES256", "RSA": "RS256"}


def read_public_key(text: str) -> dict[str, Any]:
    """A public key as somebody sends it, PEM or JWK; raises `InputError` (`public_key_wrong`)."""
    try:
        stripped = text.strip()
        if stripped.startswith("{"):
            stated = json.loads(stripped)
            if not isinstance(stated, dict):
                raise ValueError("no object")
            key = public_key(stated)
        else:
            key = load_pem_public_key(stripped.encode())  # type: ignore[assignment]
            algorithm_of(key)
    except (ValueError, TypeError, RecursionError, UnsupportedAlgorithm):
        raise InputError(
            "公钥读不出来：请提交 PEM 或 JWK 格式的公钥，P-256（ES256）或 2048 位以上 RSA（RS256）。"
            "私钥由对方自己保管，不要发来。",
            "No public key that is taken: PEM or JWK, P-256 or RSA of 2048 bits at least, and "
            "never a private one.",
            code="public_key_wrong",
        ) from None
    return jwk_of(key)
