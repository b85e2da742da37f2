"""Many at once: whoever would read one message for each row of a run reads one for all of them.

Each part is written like any other message, as a part of the whole: what is overtaken before the whole goes out is not
named in it. Candidates are told each, interviewers too (their calendar entries are moved one by one), and so is what
asks somebody to do something with the one row; drafts of offers wait for approval on one card.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models.functions import Greatest
from django.utils import timezone

from core.many import runs
from core.many.declaring import step_of
from core.many.models import ManyRun
from messaging import quiet
from messaging.enums import DeliveryState, MessageState
from messaging.kinds import MessageKind, family
from messaging.models import Delivery, Message
from messaging.refs import ref
from messaging.services import messages
from messaging.services.deciding import Brief, Ledger, Need
from notifications import audiences, facts
from notifications.audiences import STAFF
from notifications.enums import Audience
from notifications.kinds import ends
from notifications.kinds.approvals import DECIDED, DRAFTS, OFFER
from notifications.kinds.many import MANY
from notifications.services.scene import APPLICATION, Scene

# The whole goes out so long after its last part.
GATHERED_FOR = timedelta(minutes=1)
# What waits longer than this, such as an end that may be taken back, is a whole of its own.
SOON = timedelta(minutes=10)
GATHERED = STAFF - {Audience.INTERVIEWER, Audience.COLLEAGUE}
# They may open the page of a run.
_RECRUITING = (Audience.SPECIALIST, Audience.LEAD)


def gathered(briefs: Iterable[Brief], scene: Scene) -> list[Brief]:
    """The briefs as they are; of those that a run over many rows brought about, what colleagues are told in one."""
    run = runs.running()
    return list(briefs) if run is None else [_gathered(run, brief, scene) for brief in briefs]


def _gathered(run: ManyRun, brief: Brief, scene: Scene) -> Brief:
    needs = [_part(run, need, scene.ledger) for need in brief.needs]
    if brief.topic.type == APPLICATION and Audience.SPECIALIST in brief.audiences and _is_of_ends(brief):
        responsible = audiences.specialist(scene.applications[brief.topic.id].opening)
        if responsible is not None and responsible.pk != run.by_id:
            _whole(run, responsible, Audience.SPECIALIST, timezone.now())
    return replace(brief, needs=needs)


def _is_of_ends(brief: Brief) -> bool:
    return set(family(ends.FAMILY)) <= set(brief.kinds)


def _part(run: ManyRun, need: Need, ledger: Ledger) -> Need:
    is_draft = need.kind is OFFER
    is_gathered = need.audience in GATHERED or need.kind is DECIDED
    has_face = need.kind.face is not None and not is_draft
    if not is_gathered or has_face or need.idem_key in ledger.keys:
        return need
    due_at = need.due_at or timezone.now()
    if need.kind.waits_at_night:
        due_at = quiet.held(due_at)
    kind = DRAFTS if is_draft else MANY
    return replace(need, into=_whole(run, need.to, need.audience, due_at, kind=kind))


def _whole(
    run: ManyRun, person: Any, audience: str, due_at: datetime, *, kind: MessageKind = MANY
) -> Message:
    """The message of the run to this person that has not gone out yet, and goes out a while after this."""
    now = timezone.now()
    key = f"{kind}:{run.pk}:{'later' if due_at > now + SOON else 'now'}:user-{person.pk}:"
    due_at = max(due_at, now + GATHERED_FOR)
    there = Message.objects.filter(topic_type=ref(run).type, topic_id=run.pk, idem_key__startswith=key)
    known = there.select_for_update(no_key=True).filter(state=MessageState.PLANNED).order_by("-pk").first()
    if known is not None:
        Message.objects.filter(pk=known.pk).update(due_at=Greatest("due_at", due_at))
        waiting = Delivery.objects.filter(message=known, state=DeliveryState.PENDING)
        waiting.update(due_at=Greatest("due_at", due_at))
        return known
    step = step_of(run.model, run.step)
    made = messages.queue(
        kind=kind,
        audience=audience,
        recipient=person,
        context={
            "person": person,
            "by": run.by_name,
            "what": step.title if step else run.step,
            "list_url": facts.approvals_url() if kind is DRAFTS else _address(run, audience),
        },
        idem_key=f"{key}{there.count()}",
        topic=ref(run),
        due_at=due_at,
    )
    assert made is not None  # noqa: S101 -- the rows of a run have their turn one after the other
    return made


def _address(run: ManyRun, audience: str) -> str:
    """A page that they may open; "" where there is none."""
    if audience == Audience.MANAGER:
        return facts.admin_url("managers/")
    return facts.admin_url(f"{run.model.replace('.', '/')}/many/{run.pk}/") if audience in _RECRUITING else ""
