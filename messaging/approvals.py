"""Approvals in WeCom: asked, looked at again, and their answers taken as steps here, by whoever gave them.

WeCom's call about a request says only that it has to be read again; without one it is read again by itself. Calls are
made outside any transaction. WeCom knows no name of ours for a request: whoever cannot know whether an earlier try
reached it looks through what was asked since for the request's reference before asking again. What cannot be asked
there within a quarter of an hour is asked by a card here; what a lost answer left in WeCom all the same is found later
and counts beside the card: whoever is first decides.
"""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone

from core.errors import DomainError, Forbidden
from core.history.context import acting
from messaging import approving, connected
from messaging.callbacks.handling import Told, colleague
from messaging.channels.wecom import application
from messaging.enums import ApprovalState
from messaging.models import Approval
from messaging.providers.errors import (
    AlreadyDone,
    ContentProblem,
    ProviderError,
    Quota,
    RecipientProblem,
    WindowClosed,
)
from messaging.wecom import approvals as wecom
from messaging.wecom.approvals import Approvals, Detail, Vote

EVENT = "sys_approval_change"
# As long as one call may take; and until a repeat: what WeCom took is by then among what it lists.
LEASE = timedelta(seconds=60)
FIRST_LOOK, OFTEN, SELDOM = timedelta(seconds=30), timedelta(minutes=5), timedelta(hours=1)
LOOKED_AT_OFTEN_FOR = timedelta(days=2)
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=60), timedelta(minutes=30)
MOST_FAILURES = 10
# A quarter of an hour after the first try whoever may decide here is asked by a card.
CARD_AFTER = 5
LOOKED_FOR = timedelta(days=7)
# Nobody has to ask again: the answer would be the same.
FINAL = (ContentProblem, RecipientProblem, AlreadyDone, WindowClosed)

logger = logging.getLogger(__name__)


def told(call: Told) -> str:
    """WeCom says that something happened to a request: it is read again at once."""
    number = call.get("ApprovalInfo/SpNoStr") or call.get("ApprovalInfo/SpNo")
    there = Approval.objects.filter(number=number, state__in=(ApprovalState.ASKED, ApprovalState.OVERTAKEN))
    is_known = bool(number) and bool(there.update(due_at=timezone.now()))
    return "" if is_known else "approval_unknown"


def act_on_due(limit: int = 20) -> int:
    """Ask what is to be asked and read what was, at most `limit`; returns how many were taken in hand. Several pumps
    share the work."""
    taken = 0
    while taken < limit and (row := _claim()) is not None:
        taken += 1
        _act(row)
    return taken


def _claim() -> Approval | None:
    now = timezone.now()
    with transaction.atomic(durable=True):
        due = Approval.objects.select_for_update(skip_locked=True, of=("self",)).filter(due_at__lte=now)
        row: Approval | None = due.select_related("asked_by").order_by("due_at", "id").first()
        if row is None:
            return None
        row.tries += 1
        row.due_at = now + LEASE
        row.first_tried_at = row.first_tried_at or now
        row.save(update_fields=["tries", "due_at", "first_tried_at"])
    return row


def _act(row: Approval) -> None:
    try:
        if row.state == ApprovalState.OVERTAKEN:
            _tell_who_was_asked(row)
        elif row.state == ApprovalState.FAILED:
            _look_for_it(row)
        elif not approving.kind(row.kind).stands(row):
            _overtake(row)
        elif row.state == ApprovalState.WAITING:
            _ask(row)
        else:
            _read(row)
    except FINAL as error:
        _come_to_nothing(row, error.code)
    except Quota as error:
        _later(row, timedelta(seconds=error.pause_seconds), code=error.code)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:  # noqa: BLE001 -- a defect in one must not stop the others
        _not_now(row, error.code if isinstance(error, ProviderError) else type(error).__name__)


def _ask(row: Approval) -> None:
    creator = row.asked_by.wecom_userid
    if not creator:
        _come_to_nothing(row, "creator_unknown")
        return
    client = _client()
    number = _found(client, row) if row.tries > 1 else ""
    if not number:
        place = client.place(row.template)
        if place is None:
            _come_to_nothing(row, "approval_template")
            return
        summary = row.words.splitlines()
        number = client.ask(row.template, place=place, creator=creator, text=row.words, summary=summary)
    _set(
        row, state=ApprovalState.ASKED, number=number, due_at=timezone.now() + FIRST_LOOK, failures=0, code=""
    )


def _found(client: Approvals, row: Approval) -> str:
    """What an earlier try of this request left in WeCom."""
    assert row.first_tried_at is not None  # noqa: S101 -- written with the claim
    asked = client.since(
        row.template, creator=row.asked_by.wecom_userid, at=row.first_tried_at, until=timezone.now()
    )
    return next((number for number in asked if row.reference in client.detail(number).text), "")


def _read(row: Approval) -> None:
    detail = _client().detail(row.number)
    if detail.state in wecom.APPROVED:
        _decide(row, detail, agreed=True, votes=detail.who(wecom.AGREED))
    elif detail.state in wecom.REFUSED:
        _decide(row, detail, agreed=False, votes=detail.who(wecom.DISAGREED))
    elif detail.state in wecom.WITHDRAWN:
        _come_to_nothing(row, "", state=ApprovalState.WITHDRAWN)
    else:
        is_new = row.made_at > timezone.now() - LOOKED_AT_OFTEN_FOR
        _later(row, OFTEN if is_new else SELDOM, code="")


def _decide(row: Approval, detail: Detail, *, agreed: bool, votes: list[Vote]) -> None:
    """The step, by the first of those who decided so, the last one first, whose rights allow it."""
    code = "who_unknown"
    for vote in votes:
        person = colleague(vote.userid)
        if person is None:
            continue
        try:
            with acting(source=f"callback:{EVENT}", by=person.pk), transaction.atomic():
                state = ApprovalState.APPROVED if agreed else ApprovalState.REFUSED
                if _end(row, state, decided_by=person):
                    approving.kind(row.kind).decide(row, agreed, person, vote.words)
        except Forbidden as error:
            code = error.code
        except DomainError as error:
            if approving.kind(row.kind).stands(row):
                _come_to_nothing(row, error.code)
            else:
                _overtake(row)
            return
        else:
            return
    _come_to_nothing(row, code)


def _look_for_it(row: Approval) -> None:
    """Given up without knowing whether WeCom has it. What is there may be decided on there, as long as it stands and
    was not asked anew."""
    number = _found(_client(), row)
    matter = approving.kind(row.kind)
    others = Approval.objects.of(row.kind, row.subject).filter(pk__gt=row.pk)
    if not number or others.exists():
        _set(row, due_at=None, number=number)
        return
    found: dict[str, Any] = {"number": number, "due_at": timezone.now()}
    if matter.stands(row):
        _set(row, **found, state=ApprovalState.ASKED, done_at=None, failures=0, code="")
        return
    _set(row, **found, state=ApprovalState.OVERTAKEN, **matter.over(row)._asdict())


def _overtake(row: Approval) -> None:
    due_at = timezone.now() if row.first_tried_at else None
    _end(row, ApprovalState.OVERTAKEN, due_at=due_at, **approving.kind(row.kind).over(row)._asdict())


def _come_to_nothing(
    row: Approval, code: str, *, state: str = ApprovalState.FAILED, look_at: datetime | None = None
) -> None:
    """Whoever asked is told; whoever may decide here is asked by a card, unless it was taken back.

    `look_at`: when to look whether WeCom has it after all.
    """
    if row.state not in ApprovalState.unfinished:
        _set(row, due_at=None, **_said(row, code))
        return
    with transaction.atomic():
        if _end(row, state, code=code[:80], due_at=look_at):
            row.state, row.code = state, code
            approving.kind(row.kind).tell(row, [row.asked_by])


def _tell_who_was_asked(row: Approval) -> None:
    """It was decided here. Whoever WeCom asked, or who has answered there since, reads so."""
    client = _client()
    number = row.number or _found(client, row)
    votes = client.detail(number).votes if number else ()
    people = [person for vote in votes if (person := colleague(vote.userid)) is not None]
    with transaction.atomic():
        if _set(row, due_at=None, number=number):
            approving.kind(row.kind).tell(row, people)


def _client() -> Approvals:
    """The application in use. Quota while it is paused."""
    client, circuit, _budget = application(**connected.wecom())
    pause = circuit.current()
    if pause is not None:
        raise Quota(pause.code, pause_seconds=pause.seconds)
    return Approvals(client)


def _not_now(row: Approval, code: str) -> None:
    # Neither the sentence nor the values: they may quote a person.
    logger.warning("approval %s waits: %s", row.pk, code)
    failures = row.failures + 1
    if row.state == ApprovalState.WAITING and failures >= CARD_AFTER:
        _come_to_nothing(row, code, look_at=timezone.now() + OFTEN)
        return
    if (row.state == ApprovalState.OVERTAKEN and failures >= MOST_FAILURES) or _is_old(row):
        _set(row, due_at=None)
        return
    wait = min(FIRST_WAIT * 2 ** min(failures - 1, 5), LONGEST_WAIT)
    _later(row, wait, code=code, failures=min(failures, MOST_FAILURES))


def _is_old(row: Approval) -> bool:
    given_up = row.done_at if row.state == ApprovalState.FAILED else None
    return given_up is not None and given_up < timezone.now() - LOOKED_FOR


def _later(row: Approval, wait: timedelta, *, code: str, **values: Any) -> None:
    _set(row, due_at=timezone.now() + wait, **_said(row, code), **values)


def _said(row: Approval, code: str) -> dict[str, str]:
    """What WeCom answered; of what is over, why it is stays."""
    return {} if row.state == ApprovalState.OVERTAKEN else {"code": code[:80]}


def _end(row: Approval, state: str, **values: Any) -> bool:
    return _set(row, state=state, done_at=timezone.now(), **{"due_at": None, "code": "", **values})


def _set(row: Approval, **values: Any) -> bool:
    """Only as long as it is ours: whoever took it in hand after us, or decided meanwhile, goes before."""
    ours = Approval.objects.filter(pk=row.pk, state=row.state, tries=row.tries)
    return bool(ours.update(**values))
