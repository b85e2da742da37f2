"""What a file is by its first bytes, and the sentences for what is not taken. Names and types that a browser says are
not asked."""

from django.utils.translation import gettext_lazy as _

from core.errors import Invalid, TooLarge
from recruitment.enums_incoming import ResumeKind

MOST_BYTES = 10 * 1024 * 1024
MOST_PAGES = 50
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PICTURES = (
    b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a", b"BM", b"II*\x00", b"MM\x00*",
)  # fmt: skip
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")

SENTENCES = {
    "empty_file": _("The file is empty."),
    "picture": _(
        "This is a picture: no text can be read from it. Please send the résumé as a PDF or a Word file (.docx)."
    ),
    "old_word": _("This is an old Word file (.doc). Please save it as .docx or PDF and send that."),
    "password": _("The file asks for a password. Please send it without one."),
    "kind_unknown": _("This is neither a PDF nor a Word file (.docx)."),
    "broken": _("The file is damaged and cannot be opened. Please save it once more and send it again."),
    "macros": _("The Word file holds macros. Please save it as .docx without macros, or as PDF."),
    "active": _(
        "The file holds something that would run or open by itself (a script, a program, another file). "
        "Please save it as a plain PDF."
    ),
    "entities": _(
        "The Word file holds definitions that no résumé needs and that could do harm. It is not opened."
    ),
    "too_large_inside": _("Unpacked, the file is far too large for a résumé. It is not opened."),
    "too_many_pages": _("The file has more than 50 pages. Please send a résumé of at most 50 pages."),
    "too_much": _("The file takes too long to open. Please save it as a plain PDF and send it again."),
    "no_text": _("No text can be read in it: its pages are pictures."),
}


def refusal(code: str) -> Invalid:
    """The error with its sentence."""
    return Invalid(code, SENTENCES[code])


def kind_of(head: bytes, size: int) -> ResumeKind:
    """PDF or Word, by content; a zip is opened elsewhere.

    `head` is the whole file or its beginning. TooLarge: too_large (10 MiB). Invalid: empty_file, picture, old_word,
    password, kind_unknown.
    """
    if size > MOST_BYTES:
        raise TooLarge("too_large", _("The file is larger than 10 MB."))
    if not head:
        raise refusal("empty_file")
    if head.startswith(b"%PDF-"):
        return ResumeKind.PDF
    if head.startswith(b"PK\x03\x04"):
        return ResumeKind.DOCX
    if head.startswith(_OLE):
        raise refusal("password" if _ENCRYPTED in head else "old_word")
    is_webp = head[:4] == b"RIFF" and head[8:12] == b"WEBP"
    is_heic = head[4:8] == b"ftyp" and head[8:12] in (b"heic", b"heix", b"mif1", b"avif", b"msf1")
    if head.startswith(_PICTURES) or is_webp or is_heic:
        raise refusal("picture")
    raise refusal("kind_unknown")
