"""Calendars that interviewers keep elsewhere: their address, given or taken back, and the reading, by a job."""

import logging
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_q.tasks import async_task

from core import confined, connections
from core.days import midnight
from core.errors import Forbidden, Invalid, Refused
from people.models import User
from people.rights import Right
from people.rules import has_right
from people.zones import known
from recruitment.models import BusyTime, OutsideCalendar
from recruitment.rounds import entries
from recruitment.rounds.services.planning import colleagues
from recruitment.vendors import network

LONGEST_ADDRESS = 2000
LARGEST_FILE = 8 * 1024 * 1024
AHEAD = timedelta(days=120)
READ_EVERY = timedelta(minutes=15)
# What stands at a calendar that does not change means more days than yesterday: once a day it is read as a whole.
WHOLE_EVERY = timedelta(hours=20)
LONGEST_TAG = 200
KEPT_PAST = timedelta(days=1)
MODULE = "recruitment.rounds.expanding"
BOUNDS = confined.Bounds(processor=20, patience=60, memory=768 * 1024**2, largest=2 * 1024**2)
_GONE = (HTTPStatus.NOT_FOUND, HTTPStatus.GONE, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
logger = logging.getLogger(__name__)


class _NotReadError(Exception):
    """Its argument is the code of why a calendar could not be read."""


def heed(*, address: str, by: User, person_id: int | None = None) -> OutsideCalendar:
    """Keep the address of a calendar, the own one or, by whoever recruits, a colleague's; it is read at once by a job.

    Another address forgets what was read at the one before; the same one again only reads it anew.
    Invalid: address_missing, address_not_allowed. Forbidden: not_permitted.
    """
    person_id = _whose(by, person_id)
    address = address.strip()
    if address.lower().startswith("webcal://"):
        address = f"https://{address[len('webcal://') :]}"
    if not address or len(address) > LONGEST_ADDRESS or not address.isascii() or not address.isprintable():
        raise Invalid("address_missing", _("Please enter the whole address of the calendar."))
    network.check_address(address)
    with transaction.atomic():
        # Two at once keep one after the other.
        User.objects.select_for_update(of=("self",), no_key=True).get(pk=person_id)
        row = OutsideCalendar.objects.filter(person=person_id).first()
        if row is None or row.secret_address != address:
            OutsideCalendar.objects.filter(person=person_id).delete()
            row = OutsideCalendar.objects.create(person_id=person_id, secret_address=address, given_by=by)
        transaction.on_commit(partial(_soon, row.pk))
    return row


def _soon(calendar_id: int) -> None:
    async_task("recruitment.tasks.read_calendar", calendar_id, group="calendars", cluster="slow")


def forget(*, by: User, person_id: int | None = None) -> bool:
    """Take the address back, with all that was read there; whether there was one. Forbidden: not_permitted."""
    rows = OutsideCalendar.objects.filter(person=_whose(by, person_id))
    return rows.delete()[0] > 0


def of_person(person: User) -> OutsideCalendar | None:
    """The calendar that is heeded for this colleague."""
    return OutsideCalendar.objects.filter(person=person.pk).select_related("given_by").first()


def may_give(by: User, person: User) -> bool:
    """Whether `by` gives and takes back this colleague's: everybody the own, whoever recruits everybody's."""
    return by.pk == person.pk or has_right(by, Right.RECRUIT)


def _whose(by: User, person_id: int | None) -> int:
    person = User.objects.filter(colleagues(), pk=person_id or by.pk).first()
    if person is None or not may_give(by, person):
        raise Forbidden("not_permitted", _("Only colleagues who hold rounds have a calendar of them."))
    return person.pk


def due(*, limit: int = 400) -> list[int]:
    """The calendars that are to be read now, those first that waited longest."""
    now = timezone.now()
    waiting = OutsideCalendar.objects.filter(Q(asked_at=None) | Q(asked_at__lte=now - READ_EVERY))
    return list(waiting.order_by("asked_at", "pk").values_list("pk", flat=True)[:limit])


def forget_leavers() -> int:
    """Whose account was closed, or who holds no rounds any more: their addresses go with what was read; how many."""
    gone = OutsideCalendar.objects.exclude(person__in=User.objects.filter(colleagues()).values("pk"))
    keys = list(gone.values_list("pk", flat=True))
    OutsideCalendar.objects.filter(pk__in=keys).delete()
    return len(keys)


def forget_past() -> int:
    """What lies behind, where no reading takes it away because none goes well; how many times."""
    rows = BusyTime.objects.filter(
        calendar__failing_since__isnull=False, slot__endswith__lt=timezone.now() - KEPT_PAST
    )
    return rows.delete()[0]


def read(*, calendar_id: int) -> int:
    """Read one calendar, outside of any transaction, and bring its busy times to what stands there; how many are new.

    What could not be read changes nothing of what was read before: why and since when stands on its person's page.
    """
    row = OutsideCalendar.objects.filter(pk=calendar_id).select_related("person").first()
    if row is None:
        return 0
    now = timezone.now()
    OutsideCalendar.objects.filter(pk=row.pk).update(asked_at=now)
    code, new = "", 0
    try:
        address = row.secret_address
        connections.give_back()
        found = _fetched(address, row.tag if row.whole_at and row.whole_at > now - WHOLE_EVERY else "")
        if found is not None:
            begin = midnight(timezone.localdate(now))
            zone = known(row.person.time_zone) or timezone.get_default_timezone_name()
            times = _expanded(found.body, begin, begin + AHEAD, zone)
            new = _keep(row, times, tag=found.headers.get("etag", "")[:LONGEST_TAG], at=now)
    except _NotReadError as error:
        code = str(error)
    except Refused as error:  # the key under which the address lies is not there
        code = error.code
    _note(row.pk, code, at=now)
    return new


def _fetched(address: str, tag: str) -> network.Answer | None:
    """The file; None where it is what was read before."""
    headers = {"Accept": "text/calendar", **({"If-None-Match": tag} if tag else {})}
    try:
        answer = network.get(address, headers=headers, largest=LARGEST_FILE)
    except network.UnknownNameError:
        raise _NotReadError("name_unknown") from None
    except network.NotPublicError:
        raise _NotReadError("address_not_allowed") from None
    except network.TooLongError:
        raise _NotReadError("too_much") from None
    except network.UnreachableError:
        raise _NotReadError("unreachable") from None
    if answer.status == HTTPStatus.NOT_MODIFIED and tag:
        return None
    if answer.status in _GONE:
        raise _NotReadError("gone")
    if HTTPStatus.MULTIPLE_CHOICES <= answer.status < HTTPStatus.BAD_REQUEST:
        raise _NotReadError("moved")
    if answer.status != HTTPStatus.OK:
        raise _NotReadError("unreachable")
    return answer


def _expanded(raw: bytes, begin: datetime, end: datetime, zone: str) -> list[DateTimeTZRange]:
    words = (begin.isoformat(), end.isoformat(), zone, entries.house())
    try:
        answer = confined.run(confined.ours(MODULE, *words), BOUNDS, asked=raw).as_json()
    except (confined.TookTooLongError, confined.EndedError):
        raise _NotReadError("too_much") from None
    except OSError:
        raise _NotReadError("not_now") from None
    except ValueError:
        raise _NotReadError("no_calendar") from None
    if "refused" in answer:
        raise _NotReadError(str(answer["refused"]))
    return [
        DateTimeTZRange(datetime.fromisoformat(one), datetime.fromisoformat(other))
        for one, other in answer["busy"]
    ]


def _keep(row: OutsideCalendar, times: list[DateTimeTZRange], *, tag: str, at: datetime) -> int:
    """The rows become these times; one that is there already stays. How many are new."""
    with transaction.atomic():
        # Another address was given meanwhile, or none: what was read is of no use.
        if not OutsideCalendar.objects.select_for_update(of=("self",)).filter(pk=row.pk).exists():
            return 0
        there = {(slot.lower, slot.upper): pk for pk, slot in row.busy.values_list("pk", "slot")}
        wanted = {(slot.lower, slot.upper): slot for slot in times}
        BusyTime.objects.filter(pk__in=[pk for span, pk in there.items() if span not in wanted]).delete()
        new = [slot for span, slot in wanted.items() if span not in there]
        BusyTime.objects.bulk_create([BusyTime(calendar=row, slot=slot) for slot in new], batch_size=1000)
        OutsideCalendar.objects.filter(pk=row.pk).update(tag=tag, whole_at=at)
    return len(new)


def _note(calendar_id: int, code: str, *, at: datetime) -> None:
    """How it went; since when it has been failing."""
    rows = OutsideCalendar.objects.filter(pk=calendar_id)
    if not code:
        rows.update(read_at=at, failing_code="", failing_since=None)
        return
    logger.warning("calendar %s cannot be read: %s", calendar_id, code)
    rows.filter(failing_since=None).update(failing_since=at)
    rows.update(failing_code=code)
