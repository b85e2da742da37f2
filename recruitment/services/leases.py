"""The lease: how an exit is noticed. Every heartbeat is one UPDATE; the sweep finds who fell silent.

What a page says of itself (hidden, seen again, closed, back on the line) is noted beside it, and decides nothing.
"""

import logging
from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Case, DurationField, F, Q, When
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import prepared
from core.errors import NotFound, Refused
from core.events.models import Pulse
from core.events.pulse import heard_until
from core.events.reading import reading_once
from recruitment.enums import InterviewKind, InterviewState
from recruitment.models import Interview, Lease, PresenceNote, RoomSession
from recruitment.models.interviews import ROOM_PULSE
from recruitment.services import interviews

# Three heartbeats of 10 s may be lost while the page is seen, six while it is hidden.
VISIBLE_SECONDS = 30
HIDDEN_SECONDS = 60
# A reload closes the page too: it has this long to come back before closing counts as leaving.
PAGEHIDE_SECONDS = 10
# After a silence of ours every lease that ran out in it gets this long to be heard again.
AFTER_OUTAGE = timedelta(seconds=30)
# So many words of its pages are kept of one attempt; what comes afterwards still moves the lease.
MOST_NOTES = 500
# A page that says that it was without a line for longer is not believed.
LONGEST_OFFLINE = 24 * 3600
# So many silent exits are one transaction: whoever comes back to one of them waits for the others' chains, too.
AT_ONCE = 20
logger = logging.getLogger(__name__)

# Each goes by the session's hash to the lease's own key. `live::int = 1` says what `live` does, and keeps the index of
# the live ones out of it: when the last ANALYZE saw nobody live, that index looks empty, and every heartbeat would go
# through all who are live.
# set_config relaxes durability for this one statement: a heartbeat lost in a crash is made good by the next.
_HEARTBEAT = """
    UPDATE recruitment_lease AS lease
       SET last_seen_at = now(), expires_at = now() + make_interval(secs => %s), visible = %s,
           is_leaving = false, in_outage = false
      FROM recruitment_roomsession AS session, (SELECT set_config('synchronous_commit', 'off', true)) AS relaxed
     WHERE session.token_hash = %s AND lease.interview_id = session.interview_id
       AND lease.epoch = %s AND lease.live::int = 1 AND lease.expires_at > now()
"""
# A page that closes also says that it is hidden, in whatever order the two arrive: closing is the stronger word.
_HIDDEN = """
    UPDATE recruitment_lease AS lease
       SET visible = false, last_seen_at = now(),
           expires_at = CASE WHEN is_leaving THEN expires_at ELSE now() + make_interval(secs => %s) END
      FROM recruitment_roomsession AS session
     WHERE session.token_hash = %s AND lease.interview_id = session.interview_id
       AND lease.epoch = %s AND lease.live::int = 1 AND lease.expires_at > now()
"""
_PAGEHIDE = """
    UPDATE recruitment_lease AS lease
       SET expires_at = least(expires_at, now() + make_interval(secs => %s)), is_leaving = true
      FROM recruitment_roomsession AS session
     WHERE session.token_hash = %s AND lease.interview_id = session.interview_id
       AND lease.epoch = %s AND lease.live::int = 1 AND lease.expires_at > now()
"""
# A statement of its own: it asks for the interview's row, which whoever enters locks before the lease's. Words that
# arrive in the same instant may exceed the cap by as many.
_NOTE = """
    INSERT INTO recruitment_presencenote (interview_id, attempt, epoch, event, seconds, at)
    SELECT interview.id, interview.attempt, lease.epoch, %s, %s, clock_timestamp()
      FROM recruitment_roomsession AS session
      JOIN recruitment_lease AS lease ON lease.interview_id = session.interview_id
      JOIN recruitment_interview AS interview ON interview.id = session.interview_id
     WHERE session.token_hash = %s AND lease.epoch = %s AND lease.live::int = 1 AND lease.expires_at > now()
       AND (SELECT count(*) FROM recruitment_presencenote AS note
             WHERE note.interview_id = interview.id AND note.attempt = interview.attempt) < %s
"""


def heartbeat(*, token_hash: str, epoch: int, visible: bool) -> None:
    """Extend the lease of the session's interview: one UPDATE, nothing else, when all is well.

    Refused: `ended`, `stale_epoch` (another page entered after this one) or `interrupted` (enter again).
    NotFound: `session_unknown`.
    """
    seconds = VISIBLE_SECONDS if visible else HIDDEN_SECONDS
    if prepared.execute(_HEARTBEAT, [seconds, visible, token_hash, epoch]).rows:
        return
    raise _refusal(token_hash, epoch)


def note_beacon(*, token_hash: str, epoch: int, event: str, seconds: int | None = None) -> bool:
    """A page said that it was hidden, seen again or closed, or that it is back after `seconds` without a line.

    The first three move the lease; each is noted for the event track, MOST_NOTES per attempt. An old page's word, one
    of a page that is not alive, and a time that cannot be are ignored. Returns whether anything was noted or moved.
    """
    is_online = event == PresenceNote.Event.ONLINE
    if is_online and not (seconds is not None and 1 <= seconds <= LONGEST_OFFLINE):
        return False
    moved = 0
    with connection.cursor() as cursor:
        if event == PresenceNote.Event.PAGEHIDE:
            cursor.execute(_PAGEHIDE, [PAGEHIDE_SECONDS, token_hash, epoch])
        elif event == PresenceNote.Event.HIDDEN:
            cursor.execute(_HIDDEN, [HIDDEN_SECONDS, token_hash, epoch])
        elif event == PresenceNote.Event.VISIBLE:
            cursor.execute(_HEARTBEAT, [VISIBLE_SECONDS, True, token_hash, epoch])
        moved += max(cursor.rowcount, 0)
        cursor.execute(_NOTE, [event, seconds if is_online else None, token_hash, epoch, MOST_NOTES])
        return bool(moved + max(cursor.rowcount, 0))


def _refusal(token_hash: str, epoch: int) -> Exception:
    session = RoomSession.objects.filter(token_hash=token_hash).select_related("interview__lease").first()
    if session is None:
        return NotFound("session_unknown", _("Please open your interview link again."))
    state = session.interview.state
    if state not in InterviewState.running:
        return Refused("ended", _("This interview has ended."), state=state)
    if session.interview.lease.epoch != epoch:
        return Refused("stale_epoch", _("The interview was opened on another page."))
    return Refused("interrupted", _("The connection was lost for a while. Please continue."))


def forgive_silence(since: datetime, until: datetime) -> None:
    """We could not hear between the two moments: every lease that ran out then gets AFTER_OUTAGE from now on.

    So does one that is about to run out, because its heartbeats fell into the gap. One UPDATE. Whoever is not heard
    by then left while we were away: the exit carries the cause `our_outage`.
    """
    again = until + AFTER_OUTAGE
    Lease.objects.filter(live=True, expires_at__gt=since, expires_at__lt=again).update(
        expires_at=again, in_outage=True
    )


def follow_the_clock_back() -> None:
    """The clock was set back: the room's leases that end further ahead than any may, end as those of now.

    Otherwise whoever leaves would be noticed after as long as the clock was set back. One UPDATE of the few live rows.
    """
    left = Case(
        When(is_leaving=True, then=timedelta(seconds=PAGEHIDE_SECONDS)),
        When(visible=True, then=timedelta(seconds=VISIBLE_SECONDS)),
        default=timedelta(seconds=HIDDEN_SECONDS),
        output_field=DurationField(),
    )
    farthest = Now() + timedelta(seconds=HIDDEN_SECONDS)
    rooms = Lease.objects.filter(live=True, expires_at__gt=farthest, interview__kind=InterviewKind.ROOM)
    rooms.update(expires_at=Now() + left)


def follow_the_clock(by: timedelta) -> None:
    """The clock was set by so much, which is no time: what vendors have left of theirs is as long as before.

    One UPDATE. The room's leases are short, and get theirs by `forgive_silence` and `follow_the_clock_back`; those of
    people end with their slot, which stands in the calendar.
    """
    elsewhere = Lease.objects.filter(live=True, interview__kind=InterviewKind.VENDOR)
    elsewhere.filter(expires_at__gt=Now() - by).update(expires_at=F("expires_at") + by)


def interrupt_lapsed(*, limit: int = 500) -> int:
    """Interrupt the interviews whose lease has run out; returns how many.

    Claims a few at a time with SKIP LOCKED, so that several pumps share them and nobody waits for anybody; a few are
    one transaction and one chain. A finished interview is never touched: its lease ended with it.
    A lease has run out when the pulse has passed it, so that a sweep of any length never runs ahead of what
    `forgive_silence` has yet to forgive; where no pulse ever beat, the clock decides.
    """
    interrupted, wrong = 0, set[int]()
    while interrupted + len(wrong) < limit:
        claimed: list[int] = []
        try:
            with reading_once(), transaction.atomic():
                some = _claim(~Q(pk__in=wrong), min(AT_ONCE, limit - interrupted))
                claimed = [interview.pk for interview in some]
                interviews.interrupt_silent(some)
            interrupted += len(claimed)
        except (OperationalError, InterfaceError):
            raise
        except Exception:  # noqa: BLE001 -- whatever it is, nobody else may wait for it
            # What is wrong with one stays with it: each of them by itself.
            found = {pk for pk in claimed if not _take_one(pk)}
            interrupted += len(claimed) - len(found)
            wrong |= found
        if not claimed:
            break
    return interrupted


def _claim(condition: Q, most: int = 1) -> list[Interview]:
    """Lock interviews in progress whose lease has run out, with it, those first that ran out first.

    Where a heartbeat came in the same instant, the lease that is locked is the new one and does not meet the
    condition.
    """
    beat = Pulse.objects.filter(name=ROOM_PULSE).values_list(heard_until(ROOM_PULSE)).first()
    heard = beat[0] if beat else timezone.now()
    if heard is None:
        return []
    return list(
        Interview.objects.select_for_update(skip_locked=True, of=("self", "lease"))
        .select_related("version", "lease", "application__opening__specialist")
        .filter(condition, state=InterviewState.IN_PROGRESS, lease__live=True, lease__expires_at__lte=heard)
        .order_by("lease__expires_at")[:most]
    )


def _take_one(interview_id: int) -> bool:
    """Interrupt one by itself; whether it moved."""
    try:
        with reading_once(), transaction.atomic():
            claimed = _claim(Q(pk=interview_id))
            interviews.interrupt_silent(claimed)
            return bool(claimed)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:  # noqa: BLE001 -- whatever it is, nobody else may wait for it
        logger.error("interview %s cannot be interrupted: %s", interview_id, type(error).__name__)
        return False
