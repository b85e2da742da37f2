"""The guide: steps, length, notes and whom to ask, a day before the window opens."""

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from core.errors import NotFound, Refused
from core.events.models import Event
from messaging.enums import MessageState
from messaging.models import Message
from messaging.refs import ref
from messaging.services import messages
from messaging.services.deciding import NOTHING_NEW, Brief, Need, bring, draft_of
from messaging.told import telling_now
from notifications import facts
from notifications.audiences import CANDIDATE
from notifications.enums import Audience
from notifications.kinds.interviews import GUIDE
from notifications.rendering import OWN_WORDS
from notifications.services.interviews import GUIDE_BEFORE
from notifications.services.keys import seconds, text, unanswered
from notifications.services.scene import Scene
from people.actors import Actor
from recruitment.enums import ExperimentSubject, InterviewState
from recruitment.experiments.services import sides
from recruitment.models import Interview
from recruitment.rules import require_recruiting

LATER = gettext_noop("The guide goes out a day before the interview")
LEFT_OUT = gettext_noop("No guide: this application is on the side of an experiment that gets none")


def align(*, interview_id: int) -> Message | None:
    """Queue the guide when the window opens within a day; call off one for a window that is no longer true."""
    with transaction.atomic(savepoint=False):
        interview = _locked(interview_id)
        key = key_of(interview)
        is_made = Message.objects.filter(idem_key=key).exists()
        made = bring(_brief(interview, None, key, is_made=is_made))
    return made[0] if made else None


def decide(scene: Scene, event: Event, side: frozenset[Audience]) -> Brief:
    """The guide that the interview's present window requires."""
    interview = scene.interview(event.subject_id)
    key = key_of(interview)
    is_made = False
    earlier = [row for row in scene.ledger.about(ref(interview)) if row.idem_key.startswith(key)]
    if earlier and all(row.state == MessageState.CANCELLED for row in earlier):
        key = f"{key}:again-{len(earlier)}"  # called off with an application that goes on again
    elif earlier:
        key, is_made = earlier[-1].idem_key, True
    return _brief(interview, event, key, is_made=is_made)


def _brief(interview: Interview, event: Event | None, key: str, *, is_made: bool) -> Brief:
    """A guide that is still to be made is where the sides of an experiment differ."""
    now = timezone.now()
    wanted = interview.state == InterviewState.SCHEDULED
    soon = interview.window_opens_at <= now + GUIDE_BEFORE and interview.window_closes_at > now
    otherwise = NOTHING_NEW if wanted and soon else LATER
    trial = None
    if wanted and soon and not is_made:
        trial = sides.trial_of(ExperimentSubject.GUIDE, interview.application_id)
    if trial:
        sides.note(trial, interview)
        if trial.is_left_out:
            soon, otherwise = False, LEFT_OUT
    return Brief(
        topic=ref(interview),
        needs=[_need(interview, key, trial.texts if trial else None)] if wanted and soon else [],
        kinds=[GUIDE.code],
        audiences=CANDIDATE,
        origin=ref(interview),
        event=event,
        keep=[key] if wanted else [],
        otherwise=otherwise,
    )


def send_due(*, limit: int = 500) -> int:
    """Queue the guides of every window that opens within a day; safe to run twice. Returns how many are new."""
    now = timezone.now()
    due = (
        Interview.objects.filter(
            state=InterviewState.SCHEDULED, window_opens_at__lte=now + GUIDE_BEFORE, window_closes_at__gt=now
        )
        .annotate(
            key=text(
                f"{GUIDE}:interview:", F("pk"), ":attempt-", F("attempt"), ":",
                seconds("window_opens_at"), "-", seconds("window_closes_at"),
            )
        )
        .filter(unanswered("key"), ~sides.left_out(ExperimentSubject.GUIDE))
    )  # fmt: skip
    missing = list(due.order_by("window_opens_at", "pk").values_list("pk", flat=True)[:limit])
    return sum(align(interview_id=interview_id) is not None for interview_id in missing)


def send_now(*, interview_id: int, by: Actor) -> Message:
    """HR sends the guide at once; again when its words have changed since, or it did not go out.

    Raises Forbidden, NotFound("interview_unknown"), Refused("not_scheduled", "window_over", "guide_sent").
    """
    require_recruiting(by, Interview, interview_id)
    with transaction.atomic():
        interview = _locked(interview_id)
        if interview.state != InterviewState.SCHEDULED:
            raise Refused("not_scheduled", _("A guide makes sense only before the interview begins."))
        if interview.window_closes_at <= timezone.now():
            raise Refused("window_over", _("The time for this interview is over."))
        earlier = Message.objects.about(interview).filter(kind=GUIDE.code)
        waiting = earlier.unsent().filter(idem_key=key_of(interview)).first()
        if waiting is not None:
            return waiting
        key = key_of(interview)
        if earlier.filter(idem_key=key).exists():
            _require_news(_need(interview, key), earlier)
            key = f"{key}:again-{earlier.count()}"
        [message] = messages.queue_all([_need(interview, key)], topic=ref(interview), origin=ref(interview))
        return message


def _require_news(need: Need, earlier: "QuerySet[Message]") -> None:
    """Raise Refused("guide_sent") when the newest guide says the same and is on its way or was sent."""
    last = earlier.order_by("-pk").first()
    if last is None or last.state not in (MessageState.PLANNED, *MessageState.told):
        return
    if draft_of(need, topic=None, origin=None, event=None).message.body == last.body:
        told = {"told": telling_now(last)}
        raise Refused("guide_sent", _("This guide was made already, in the same words: %(told)s.") % told)


def _locked(interview_id: int) -> Interview:
    interview = (
        facts.interviews().select_for_update(no_key=True, of=("self",)).filter(pk=interview_id).first()
    )
    if interview is None:
        raise NotFound("interview_unknown", _("There is no such interview."))
    return interview


def key_of(interview: Interview) -> str:
    """One guide per attempt and window."""
    opens, closes = (int(at.timestamp()) for at in (interview.window_opens_at, interview.window_closes_at))
    return f"{GUIDE}:interview:{interview.pk}:attempt-{interview.attempt}:{opens}-{closes}"


def _need(interview: Interview, key: str, texts: dict[str, str] | None = None) -> Need:
    return Need(
        kind=GUIDE,
        audience=Audience.CANDIDATE,
        to=interview.application.candidate,
        key=key,
        context={**facts.of_interview(interview), OWN_WORDS: texts or {}},
        expires_at=interview.window_closes_at,
        whole_key=True,
    )
