"""The certificate that a server makes for itself: for its names, kept while it serves, private."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from core.process import certificate

NAMES = ["127.0.0.1", "localhost", "[::1]", "192.0.2.7", "desk"]


def read(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def names_of(path: Path) -> set[str]:
    listed = read(path).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return {str(each.value) for each in listed}


def test_it_is_made_for_every_name_and_its_key_is_private(tmp_path: Path) -> None:
    made, key = certificate.ensure(tmp_path, NAMES)
    assert names_of(made) == {"127.0.0.1", "localhost", "::1", "192.0.2.7", "desk"}
    assert (key.stat().st_mode & 0o777, key.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert {path.name for path in key.parent.iterdir()} == {"certificate.pem", "key.pem"}
    ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(made, key)


def test_it_is_kept_while_it_serves(tmp_path: Path) -> None:
    made, key = certificate.ensure(tmp_path, NAMES)
    before = made.read_bytes(), key.read_bytes()
    certificate.ensure(tmp_path, NAMES[:2])
    assert (made.read_bytes(), key.read_bytes()) == before


@pytest.mark.parametrize("harm", ["a new name", "no key", "not a certificate", "nearly over"])
def test_one_that_does_not_serve_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, harm: str
) -> None:
    if harm == "nearly over":
        with monkeypatch.context() as then:
            then.setattr(certificate, "GOOD_FOR", timedelta(days=20))
            made, key = certificate.ensure(tmp_path, NAMES)
    else:
        made, key = certificate.ensure(tmp_path, NAMES)
    before = made.read_bytes()
    if harm == "no key":
        key.unlink()
    if harm == "not a certificate":
        made.write_text("nothing")
    certificate.ensure(tmp_path, [*NAMES, "phone.example.com"] if harm == "a new name" else NAMES)
    assert made.read_bytes() != before
    assert read(made).not_valid_after_utc - datetime.now(UTC) > timedelta(days=800)
    ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(made, key)
