"""A passkey as a phone has it: a real key pair that signs what the server asks, as WebAuthn says."""

import base64
import hashlib
import json
import secrets
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.webauthn import (
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

PRESENT_AND_VERIFIED = 0x01 | 0x04
NEW = 0x40


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


class Passkey:
    """One key, for one host."""

    def __init__(self, host: str = "localhost") -> None:
        self.origin = f"http://{host}"
        self.host_hash = hashlib.sha256(host.encode()).digest()
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = secrets.token_bytes(16)
        self.counter = 0

    def made(self, asked: str) -> str:
        """The answer to `navigator.credentials.create(asked)`."""
        client = self._client("webauthn.create", asked)
        public = ES256.from_cryptography_key(self.key.public_key())
        known = AttestedCredentialData.create(b"\0" * 16, self.id, public)
        data = AuthenticatorData.create(self.host_hash, PRESENT_AND_VERIFIED | NEW, self.counter, known)
        return self._written(
            {
                "clientDataJSON": _text(client),
                "attestationObject": _text(AttestationObject.create("none", data, {})),
            }
        )

    def signed(self, asked: str) -> str:
        """The answer to `navigator.credentials.get(asked)`."""
        self.counter += 1
        client = self._client("webauthn.get", asked)
        data = AuthenticatorData.create(self.host_hash, PRESENT_AND_VERIFIED, self.counter)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._written(
            {"clientDataJSON": _text(client), "authenticatorData": _text(data), "signature": _text(signature)}
        )

    def _client(self, kind: str, asked: str) -> bytes:
        challenge = json.loads(asked)["publicKey"]["challenge"]
        return bytes(CollectedClientData.create(kind, challenge, self.origin))

    def _written(self, response: dict[str, Any]) -> str:
        return json.dumps({
            "id": _text(self.id), "rawId": _text(self.id), "type": "public-key",
            "clientExtensionResults": {}, "response": response,
        })  # fmt: skip
