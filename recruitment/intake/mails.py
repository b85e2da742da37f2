"""A mail as it came, taken apart: who wrote, about what, and which files in it may be a résumé. Pure functions."""

import email
import email.errors
import email.header
import email.message
import email.policy
import email.utils
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.parser import BytesHeaderParser

from core import contacts
from core.text import one_line

# So many files of one mail are looked at; a mail with more parts than that is no letter.
MOST_FILES, MOST_PARTS = 5, 200
LONGEST_SUBJECT, LONGEST_SENDER, LONGEST_ADDRESS = 200, 120, 254
# A picture that is smaller is a logo below somebody's name, not a page that was photographed.
SMALLEST_PICTURE = 60 * 1024
_BEGINNINGS = (b"%PDF-", b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_PLAINLY_NAMED = re.compile(r'(?:file)?name="?([^";]+)')
_PICTURES = (".jpg", ".jpeg", ".png", ".heic", ".webp")
_ENDINGS = (".pdf", ".docx", ".doc", ".wps", ".rtf", ".zip", ".rar", ".7z")


@dataclass(frozen=True, slots=True)
class File:
    """One file of a mail, as its sender called it."""

    name: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail says. `sender` is "" where there is no address that could be answered."""

    digest: str
    sender: str
    sender_name: str
    subject: str
    files: tuple[File, ...] = ()


def read(raw: bytes) -> Letter:
    """A whole mail. Whatever is wrong with it raises something; `headers` then says as much as can be said."""
    message = email.message_from_bytes(raw, policy=email.policy.default)
    files = tuple(_files(message))
    return _letter(message, files)


def headers(raw: bytes) -> Letter:
    """What stands above a mail, for one that is too large, or that cannot be taken apart."""
    try:
        return _letter(BytesHeaderParser(policy=email.policy.compat32).parsebytes(raw), ())
    except Exception:  # noqa: BLE001 -- a stranger's bytes; the mail is named by what they are
        return Letter(hashlib.sha256(raw).hexdigest(), "", "", "")


def _letter(message: email.message.Message, files: tuple[File, ...]) -> Letter:
    name, address = email.utils.parseaddr(_text(message, "From"))
    address = contacts.email(address)
    if "@" not in address or len(address) > LONGEST_ADDRESS:
        address = ""
    subject = one_line(_text(message, "Subject"))
    return Letter(
        _digest(message, files),
        address,
        one_line(name)[:LONGEST_SENDER],
        subject[:LONGEST_SUBJECT],
        files,
    )


def _digest(message: email.message.Message, files: tuple[File, ...]) -> str:
    """The same for every copy of a mail, whichever way it came, and for no other one."""
    found = hashlib.sha256()
    for name in ("Message-ID", "Date", "From", "Subject"):
        found.update(_raw(message, name).encode("utf-8", "surrogateescape") + b"\x00")
    for file in files:
        found.update(hashlib.sha256(file.body).digest())
    return found.hexdigest()


def _raw(message: email.message.Message, name: str) -> str:
    """As it stands there, unfolded; whichever parser read it."""
    value = next((each for known, each in message.raw_items() if known.lower() == name.lower()), "")
    return " ".join(str(value).split())


def _text(message: email.message.Message, name: str) -> str:
    """A line above the mail in words: encoded as it should be, or plain GB18030 or UTF-8 as many programs write."""
    return _in_words(_raw(message, name))


def _in_words(value: str) -> str:
    if any("\udc80" <= each <= "\udcff" for each in value):
        return _decoded(value.encode("utf-8", "surrogateescape"))
    if "=?" not in value:
        return value
    try:
        parts = email.header.decode_header(value)
        return "".join(part if isinstance(part, str) else _decoded(part, charset) for part, charset in parts)
    except (email.errors.HeaderParseError, ValueError):
        return value


def _decoded(raw: bytes, charset: str | None = None) -> str:
    """By what it says that it is written in; gb2312 is read as what contains it, as every program does."""
    said = (charset or "utf-8").lower()
    wider = {"gb2312": "gb18030", "gbk": "gb18030", "unknown-8bit": "utf-8", "us-ascii": "utf-8"}
    for each in (wider.get(said, said), "utf-8", "gb18030"):
        try:
            return raw.decode(each)
        except (LookupError, UnicodeDecodeError):
            continue
    return raw.decode("latin-1")


def _files(message: email.message.EmailMessage) -> Iterator[File]:
    """What may be a résumé by its name or its beginning, the first few; also of mails inside the mail."""
    found = 0
    for number, part in enumerate(message.walk()):
        if found == MOST_FILES or number == MOST_PARTS:
            return
        if part.is_multipart():
            continue
        name = _file_name(part)
        if not name and part.get_content_maintype() in ("text", "multipart", "message"):
            continue
        body = part.get_payload(decode=True)
        if isinstance(body, bytes) and _may_be_one(part, name, body):
            found += 1
            yield File(name, body)


def _may_be_one(part: email.message.Message, name: str, body: bytes) -> bool:
    if part.get_content_maintype() == "image" or name.lower().endswith(_PICTURES):
        is_shown_inside = part.get_content_disposition() == "inline" or part["Content-ID"] is not None
        return bool(name) and not is_shown_inside and len(body) >= SMALLEST_PICTURE
    return body.startswith(_BEGINNINGS) or name.lower().endswith(_ENDINGS)


def _file_name(part: email.message.Message) -> str:
    """As the sender called it, in whichever of the ways in which programs write it."""
    try:
        name = part.get_filename() or ""
    except (ValueError, LookupError, TypeError):
        return ""
    if "\ufffd" in name:
        # Written plainly in an encoding that nothing tells.
        said = _PLAINLY_NAMED.search(_raw(part, "Content-Disposition") or _raw(part, "Content-Type"))
        name = said[1] if said else name
    return one_line(_in_words(name))
