"""Makes a text fit for WeCom: its limits count bytes, and it reads some of the text as markup."""

import base64
import hashlib
import re

ELLIPSIS = "…"
_TAG = re.compile(r"<(?=[a-zA-Z/!])")


def plain(text: str) -> str:
    """`text` with everything WeCom would read as a tag made harmless: a name must not become a link."""
    return _TAG.sub("\N{FULLWIDTH LESS-THAN SIGN}", text)


def cut(text: str, limit: int, *, ending: str = "") -> str:
    """`text` and `ending` in at most `limit` bytes of UTF-8; what is cut ends in an ellipsis, never
    inside a letter.
    """
    room = limit - len(ending.encode())
    encoded = text.encode("utf-8", "replace")
    if len(encoded) <= room:
        return encoded.decode() + ending
    kept = encoded[: max(0, room - len(ELLIPSIS.encode()))].decode("utf-8", "ignore")
    return kept.rstrip() + ELLIPSIS + ending


def reference(provider_key: str) -> str:
    """A short mark of one delivery, such as #K3F9Q2, shown at the end of its text.

    WeCom drops a request whose bytes equal an earlier one's, which is how a repeat is recognised. Two
    different messages with the same words must therefore differ in their bytes.
    """
    digest = hashlib.sha256(provider_key.encode()).digest()
    return "#" + base64.b32encode(digest).decode()[:6]
