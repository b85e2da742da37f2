"""The certificate that a server makes for itself: over plain HTTP no phone lets a page near its microphone.

A browser warns of it once, since nobody vouches for it. An installation that people use has a proxy with a real one.
"""

import http.client
import ipaddress
import os
import ssl
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

# Apple's devices refuse a server certificate that is good for more than 825 days.
GOOD_FOR = timedelta(days=820)
RENEWED_BEFORE = timedelta(days=30)
ENVIRONMENT = "HRSUITE_WEB_CERTIFICATE"


def ensure(where: Path, names: list[str]) -> tuple[Path, Path]:
    """Certificate and key of a home, for these names and addresses; made when there is none that still serves.

    The key is readable by its owner only. Returns the paths of both, in PEM.
    """
    folder = where / "tls"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    if not (key.exists() and certificate.exists() and _serves(certificate, names)):
        made, secret = _make(names)
        # The key first: a certificate without its key would look as if it served.
        certificate.unlink(missing_ok=True)
        _write(key, secret)
        _write(certificate, made)
    return certificate, key


def connection(port: int, *, timeout: float) -> http.client.HTTPConnection:
    """A connection to the web of this machine, as it listens: plain, or by the certificate that it made for itself."""
    if certificate := os.environ.get(ENVIRONMENT):
        return http.client.HTTPSConnection("127.0.0.1", port, timeout=timeout, context=trusting(certificate))
    return http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)


@cache
def trusting(certificate: str) -> ssl.SSLContext:
    """Trusts this certificate, and nothing else."""
    return ssl.create_default_context(cafile=certificate)


def _serves(certificate: Path, names: list[str]) -> bool:
    try:
        known = x509.load_pem_x509_certificate(certificate.read_bytes())
        listed = known.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (ValueError, x509.ExtensionNotFound):
        return False
    is_fresh = known.not_valid_after_utc - datetime.now(UTC) > RENEWED_BEFORE
    return is_fresh and set(_general(names)) <= set(listed)


def _make(names: list[str]) -> tuple[bytes, bytes]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "HR Suite")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))  # a phone's clock may be behind
        .not_valid_after(now + GOOD_FOR)
        .add_extension(x509.SubjectAlternativeName(_general(names)), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    return certificate.public_bytes(serialization.Encoding.PEM), key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _general(names: list[str]) -> list[x509.GeneralName]:
    return [_one(name.strip("[]")) for name in dict.fromkeys(names)]


def _one(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all, and nobody else's to read."""
    draft = path.with_suffix(".draft")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
    draft.replace(path)
