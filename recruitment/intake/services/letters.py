"""One mail of a résumé mailbox is taken in: its files are looked at and read, and wait for a person as proposals.

Nothing becomes a candidate or an application by itself.
"""

import io
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from core.errors import DomainError
from core.text import one_line
from people.models import User
from recruitment.enums import OpeningState
from recruitment.enums_incoming import IntakeState, IntakeWay, MailState, ProposalKind
from recruitment.intake import mails
from recruitment.models import Mailbox, Opening, PublicApplication, ReceivedMail
from recruitment.recordings import storage
from recruitment.resumes import naming, proposing
from recruitment.resumes.services import adding, reading

LONGEST_NAME, LONGEST_WORDS, LONGEST_ADDRESS = 60, 3000, 254
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class At:
    """Where a mail stands: the mailbox, the server's numbering and its number there, and when the server got it."""

    mailbox: int
    validity: int
    uid: int
    received_at: datetime


@dataclass(frozen=True, slots=True)
class _Resume:
    """A file that may be kept, and what its words say."""

    looked: adding.Looked
    name: str
    phone: str
    email: str
    language: str
    words: str


def take_in(at: At, raw: bytes) -> ReceivedMail | None:
    """Take in a whole mail; None where it was taken in before.

    Outside any transaction: files are looked at first, their bytes stored, then all rows are written together with how
    far the mailbox is read. StorageDown; NotNowError: the machine gave out, and it is taken in at the next time.
    """
    try:
        letter = mails.read(raw)
    except Exception as error:  # noqa: BLE001 -- a stranger's bytes: the others may not wait for it
        logger.error(
            "mail %s of mailbox %s cannot be taken apart: %s", at.uid, at.mailbox, type(error).__name__
        )
        return _keep(at, mails.headers(raw), [], "mail_unreadable")
    resumes, code = [], ""
    for file in letter.files:
        try:
            resumes.append(_understood(letter, file))
        except DomainError as error:
            if isinstance(error, storage.StorageDown):
                raise
            code = code or error.code
    return _keep(at, letter, resumes, code)


def leave(at: At, raw: bytes) -> ReceivedMail | None:
    """Name a mail that is too large to be fetched, by what stands above it."""
    return _keep(at, mails.headers(raw), [], "mail_too_large")


def _understood(letter: mails.Letter, file: mails.File) -> _Resume:
    """Look at a file and read it. TooLarge and Invalid: as `adding.look`."""
    looked = adding.look(io.BytesIO(file.body), file.name)
    text = reading.text_of(looked.kind, file.body)
    named = naming.whose(text, file.name)
    found = {each.kind: each.value for each in reversed(proposing.proposals(text, []))}
    phone, email = found.get(ProposalKind.PHONE, ""), found.get(ProposalKind.EMAIL, "")
    return _Resume(
        looked=looked,
        name=(named.name if named else letter.sender_name or letter.sender.partition("@")[0])[:LONGEST_NAME],
        phone=phone,
        email=email if len(email) <= LONGEST_ADDRESS else "",
        language="zh-hans" if any("\u4e00" <= each <= "\u9fff" for each in text[:LONGEST_WORDS]) else "en",
        words=proposing.masked(text[:LONGEST_WORDS]),
    )


def _keep(at: At, letter: mails.Letter, resumes: list[_Resume], code: str) -> ReceivedMail | None:
    stored = [storage.new_name(adding.FOLDER, f".{each.looked.kind}") for each in resumes]
    for name, each in zip(stored, resumes, strict=True):
        storage.put(each.looked.content, name=name)
    row = None
    kept: set[str] = set()
    with transaction.atomic():
        box = Mailbox.objects.select_for_update(of=("self",)).get(pk=at.mailbox)
        if _is_new(box, at, letter):
            row = _row(box, at, letter, code)
            new = list(_proposed(row, box, letter, zip(stored, resumes, strict=True)))
            kept = {each.stored_name for each in PublicApplication.objects.bulk_create(new)}
            row.state = _state(resumes, kept, code)
            row.save(update_fields=["state"])
    for name in stored:
        if name not in kept:
            storage.delete(name)
    return row


def _is_new(box: Mailbox, at: At, letter: mails.Letter) -> bool:
    """Whether nobody took it in before; from then on the mailbox is read as far as that."""
    if box.uid_validity != at.validity or box.last_uid >= at.uid:
        return False
    box.last_uid = at.uid
    box.save(update_fields=["last_uid"])
    return not ReceivedMail.objects.filter(digest=letter.digest).exists()


def _row(box: Mailbox, at: At, letter: mails.Letter, code: str) -> ReceivedMail:
    return ReceivedMail.objects.create(
        mailbox=box,
        digest=letter.digest,
        sender=letter.sender,
        sender_name=letter.sender_name,
        subject=letter.subject,
        state=MailState.NO_RESUME,
        code=code,
        files=len(letter.files),
        received_at=at.received_at,
    )


def _state(resumes: list[_Resume], kept: set[str], code: str) -> MailState:
    if kept:
        return MailState.PROPOSED
    if resumes:
        return MailState.REPEATED
    return MailState.REFUSED if code else MailState.NO_RESUME


def _proposed(
    row: ReceivedMail, box: Mailbox, letter: mails.Letter, files: Iterable[tuple[str, _Resume]]
) -> Iterable[PublicApplication]:
    """A proposal for each file; none for one that waits for the same opening already."""
    waiting = PublicApplication.objects.filter(state=IntakeState.WAITING, way=IntakeWay.MAIL)
    seen: set[tuple[str, int | None]] = set()
    for name, each in files:
        opening = box.opening_id or _meant(f"{letter.subject} {each.looked.name}")
        key = (each.looked.sha256, opening)
        if key in seen or waiting.filter(sha256=each.looked.sha256, opening=opening).exists():
            continue
        seen.add(key)
        yield PublicApplication(
            way=IntakeWay.MAIL,
            mail=row,
            opening_id=opening,
            name=each.name or "–",
            phone=each.phone,
            email=each.email or (_answerable(letter) if not each.phone else ""),
            language=each.language,
            words=each.words,
            stored_name=name,
            file_name=each.looked.name,
            kind=each.looked.kind,
            sha256=each.looked.sha256,
            bytes=each.looked.bytes,
            pages=each.looked.pages,
            state=IntakeState.WAITING,
        )


def _meant(said: str) -> int | None:
    """The open opening whose title stands there in either language, the longest one; None where there is none, or more
    than one."""
    words = one_line(said).casefold()
    known = Opening.objects.filter(state=OpeningState.OPEN).values_list("pk", "title", "title_en")
    found = [
        (len(title), pk)
        for pk, *titles in known
        for title in filter(None, map(one_line, titles))
        if title.casefold() in words
    ]
    longest = max((length for length, _pk in found), default=0)
    best = {pk for length, pk in found if length == longest}
    return best.pop() if len(best) == 1 else None


def _answerable(letter: mails.Letter) -> str:
    """The sender's address, where it is the person's: no colleague who passed it on, no program."""
    local = letter.sender.partition("@")[0].replace("-", "").replace("_", "").replace(".", "")
    is_program = local.startswith(
        ("noreply", "donotreply", "notif", "service", "system", "mailer", "postmaster")
    )
    if not letter.sender or is_program or User.objects.filter(email=letter.sender).exists():
        return ""
    return letter.sender
