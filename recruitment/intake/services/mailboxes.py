"""Résumé mailboxes: the password, whether the connection works, and the reading, by a job."""

import logging
import time
from datetime import date, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_q.tasks import async_task

from core import connections
from core.errors import Forbidden, Invalid, NotFound, Refused
from people.actors import Actor, actor_user
from people.rules import keeps_house
from recruitment.intake import imap
from recruitment.intake.imap import MailboxError
from recruitment.intake.services import letters
from recruitment.models import Mailbox
from recruitment.recordings.storage import StorageDown
from recruitment.resumes.child import NotNowError

LONGEST_SECRET = 200
TEST_SECONDS = 20.0
# One run: then others may have their turn, and the next one goes on.
MOST_MAILS, RUN_SECONDS, LINE_SECONDS = 100, 180.0, 240.0
# Nothing older is read when a server numbers its mails anew: until then it is known which were read.
KNOWN_FOR = timedelta(days=300)
# A server that does not answer once is tried again in five minutes; then somebody is to know.
PATIENCE = timedelta(minutes=15)
logger = logging.getLogger(__name__)


def set_password(*, mailbox_id: int, password: str, by: Actor) -> None:
    """Keep a password, encrypted. Forbidden: not_permitted. NotFound: mailbox_unknown. Invalid: password_invalid."""
    _require_keeper(by)
    if not 0 < len(password) <= LONGEST_SECRET or not password.isascii() or not password.isprintable():
        raise Invalid("password_invalid", _("The password is letters, digits and signs, at most 200."))
    with transaction.atomic():
        row = _locked(mailbox_id)
        row.secret = password
        row.tested_at, row.tested_code = None, ""
        row.save(update_fields=["secret", "tested_at", "tested_code"])


def move_place(row: Mailbox) -> None:
    """For whoever writes another server, account or folder into a row: what was known of the old one is forgotten.

    The password as well, so that nobody has it sent to a server of their own. What was read is not read again.
    """
    read_again(row)
    row.secret, row.tested_at, row.tested_code = "", None, ""
    row.failing_code, row.failing_since = "", None


def read_again(row: Mailbox) -> None:
    """For whoever writes into a row that another stretch of mails is to be read: from the beginning, none twice."""
    row.uid_validity, row.last_uid = None, 0


def test(*, mailbox_id: int, by: Actor) -> str:
    """Open the folder, outside any transaction, and keep what was found: the code of what is wrong, "" for well.

    Forbidden: not_permitted. NotFound: mailbox_unknown.
    """
    _require_keeper(by)
    row = _found(mailbox_id)
    code = ""
    try:
        place = _place(row)
        connections.give_back()
        with imap.opened(place, seconds=TEST_SECONDS):
            pass
    except MailboxError as error:
        code = error.code
    Mailbox.objects.filter(pk=row.pk).update(tested_at=timezone.now(), tested_code=code)
    return code


def read_soon(*, mailbox_id: int, by: Actor) -> None:
    """Have it read by the next free worker.

    Forbidden: not_permitted. NotFound: mailbox_unknown. Refused: not_in_use.
    """
    _require_keeper(by)
    row = _found(mailbox_id)
    if not row.is_active:
        raise Refused("not_in_use", _("This mailbox is not in use."))
    async_task("recruitment.tasks.read_mailbox", row.pk, group="mailboxes", cluster="slow")


def in_use() -> list[int]:
    """The mailboxes that are read."""
    return list(
        Mailbox.objects.filter(is_active=True).exclude(secret="").order_by("pk").values_list("pk", flat=True)
    )


def failing() -> QuerySet[Mailbox]:
    """The mailboxes in use that could not be read for a while, whatever the reason; the longest first."""
    return Mailbox.objects.filter(is_active=True, failing_since__lte=timezone.now() - PATIENCE).order_by(
        "failing_since", "pk"
    )


def read(*, mailbox_id: int) -> int:
    """Read what is new, the oldest first, each mail in a transaction of its own; returns how many were taken in.

    Killed anywhere, or run twice at once, every mail is taken in once: how far it is read stands in the transaction
    of the mail. What goes wrong with the server is kept as the mailbox's failing, in words on its page.
    """
    row = Mailbox.objects.filter(pk=mailbox_id, is_active=True).first()
    if row is None:
        return 0
    taken: list[int] = []
    code = ""
    try:
        place = _place(row)
        connections.give_back()
        with imap.opened(place, seconds=LINE_SECONDS) as folder:
            _read(row, folder, taken)
    except MailboxError as error:
        code = error.code
    except StorageDown:
        code = "storage_down"
    except NotNowError:
        code = "not_now"
    _note(row, code)
    return len(taken)


def _read(row: Mailbox, folder: imap.Folder, taken: list[int]) -> None:
    ends = time.monotonic() + RUN_SECONDS
    after = _begin(row.pk, folder.validity)
    for found in folder.after(after, since=_since(row), limit=MOST_MAILS):
        if time.monotonic() > ends:
            return
        at = letters.At(row.pk, folder.validity, found.uid, found.received_at)
        if found.size > imap.LARGEST_MAIL:
            raw, take = folder.headers(found.uid), letters.leave
        else:
            raw, take = folder.mail(found.uid), letters.take_in
        if raw is not None and take(at, raw) is not None:
            taken.append(found.uid)


def _begin(mailbox_id: int, validity: int) -> int:
    """Up to which number it is read; from the beginning where the server numbers its mails anew."""
    with transaction.atomic():
        row = _locked(mailbox_id)
        if row.uid_validity != validity:
            row.uid_validity, row.last_uid = validity, 0
            row.save(update_fields=["uid_validity", "last_uid"])
        return row.last_uid


def _since(row: Mailbox) -> date:
    return max(row.reads_from, timezone.localdate() - KNOWN_FOR)


def _note(row: Mailbox, code: str) -> None:
    """How it went; since when it has been failing."""
    now = timezone.now()
    rows = Mailbox.objects.filter(pk=row.pk)
    if not code:
        rows.update(read_at=now, failing_code="", failing_since=None)
        return
    logger.warning("mailbox %s cannot be read: %s", row.pk, code)
    rows.filter(failing_since=None).update(failing_since=now)
    rows.update(failing_code=code)


def _place(row: Mailbox) -> imap.Place:
    """Where it is, with the password. MailboxError: secret_missing."""
    if not row.secret:
        raise MailboxError("secret_missing")
    return imap.Place(row.host, row.port, row.safety, row.account, row.secret, row.folder)


def _found(mailbox_id: int) -> Mailbox:
    row = Mailbox.objects.filter(pk=mailbox_id).first()
    if row is None:
        raise NotFound("mailbox_unknown", _("There is no such mailbox."))
    return row


def _locked(mailbox_id: int) -> Mailbox:
    row = Mailbox.objects.select_for_update(of=("self",)).filter(pk=mailbox_id).first()
    if row is None:
        raise NotFound("mailbox_unknown", _("There is no such mailbox."))
    return row


def _require_keeper(by: Actor) -> None:
    user = actor_user(by)
    if user is None or not keeps_house(user):
        raise Forbidden("not_permitted", _("Only whoever keeps the house may do this."))
