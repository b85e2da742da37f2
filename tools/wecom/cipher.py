"""How WeCom signs and encrypts what it sends to a callback address, from its documentation (加解密方案说明).

AES-256-CBC; the key is the EncodingAESKey read as Base64, its first half the initial vector; padding as PKCS#7 to 32
bytes; inside lie 16 random bytes, the length of the text in four bytes, the text, and whom it is for.
"""

import base64
import hashlib
import secrets
import struct
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 32


@dataclass(frozen=True)
class Box:
    """The token and key that both sides were given, and the company they speak for."""

    token: str
    aes_key: str
    receive_id: str

    def sign(self, *, timestamp: str, nonce: str, encrypted: str) -> str:
        """The signature that stands in the address."""
        parts = sorted((self.token, timestamp, nonce, encrypted))
        return hashlib.sha1("".join(parts).encode()).hexdigest()  # noqa: S324 -- WeCom's own choice

    def encrypt(self, text: str) -> str:
        """`text`, as it travels; never twice the same."""
        inner = text.encode()
        whole = secrets.token_bytes(16) + struct.pack(">I", len(inner)) + inner + self.receive_id.encode()
        missing = BLOCK - len(whole) % BLOCK
        encryptor = self._cipher().encryptor()
        sealed = encryptor.update(whole + bytes([missing]) * missing) + encryptor.finalize()
        return base64.b64encode(sealed).decode()

    def decrypt(self, encrypted: str) -> str:
        """The text that `encrypt` was given. Raises ValueError when it was meant for another company."""
        decryptor = self._cipher().decryptor()
        whole = decryptor.update(base64.b64decode(encrypted)) + decryptor.finalize()
        whole = whole[: -whole[-1]]
        (length,) = struct.unpack(">I", whole[16:20])
        if whole[20 + length :].decode() != self.receive_id:
            raise ValueError("meant for another company")
        return whole[20 : 20 + length].decode()

    def _cipher(self) -> Cipher[modes.CBC]:
        key = base64.b64decode(self.aes_key + "=")
        return Cipher(algorithms.AES(key), modes.CBC(key[:16]))
