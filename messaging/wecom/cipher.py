"""How WeCom signs and encrypts what it posts to us (加解密方案说明): SHA-1 over the sorted parts, AES-256-CBC within.

The key is the EncodingAESKey read as Base64, its first half the initial vector; padding as PKCS#7 to 32 bytes. Inside
lie 16 random bytes, the length of the text in four, the text, and the company it is for.
"""

import base64
import binascii
import hashlib
import hmac
import struct
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK, RANDOM, LENGTH = 32, 16, 4
KEY_LETTERS = 43


class Unreadable(Exception):
    """Not signed by WeCom, not encrypted for us, or garbled. `code` says which."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Keys:
    """The token and the key that were typed into both sides, and the company that both speak for."""

    token: str = field(repr=False)
    aes_key: str = field(repr=False)
    receive_id: str

    def open(self, encrypted: str, *, signature: str, timestamp: str, nonce: str) -> str:
        """The text. Raises Unreadable: signature_wrong before anything is decrypted, garbled, other_company."""
        parts = sorted((self.token, timestamp, nonce, encrypted))
        expected = hashlib.sha1("".join(parts).encode()).hexdigest()  # noqa: S324 -- WeCom's own choice
        if not hmac.compare_digest(expected.encode(), signature.encode()):
            raise Unreadable("signature_wrong")
        try:
            return self._decrypted(base64.b64decode(encrypted, validate=True))
        except (binascii.Error, ValueError, struct.error, IndexError):
            raise Unreadable("garbled") from None

    def _decrypted(self, sealed: bytes) -> str:
        key = base64.b64decode(f"{self.aes_key}=")
        decryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
        whole = decryptor.update(sealed) + decryptor.finalize()
        if not 1 <= whole[-1] <= BLOCK:
            raise Unreadable("garbled")
        inner = whole[RANDOM : -whole[-1]]
        (length,) = struct.unpack(">I", inner[:LENGTH])
        text, receiver = inner[LENGTH : LENGTH + length], inner[LENGTH + length :]
        if not hmac.compare_digest(receiver, self.receive_id.encode()):
            raise Unreadable("other_company")
        return text.decode()


def is_key(text: str) -> bool:
    """Whether this is an EncodingAESKey: 43 letters and digits that make 32 bytes."""
    return len(text) == KEY_LETTERS and text.isascii() and text.isalnum()
