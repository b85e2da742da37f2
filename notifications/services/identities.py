"""Whoever has accepted an offer is asked for identity document and address, and reminded once before the first day."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone

from core.events.models import Event
from messaging.kinds import MessageKind, family
from messaging.models import Message
from messaging.refs import ref
from messaging.services import messages
from messaging.services.deciding import Brief, Need
from notifications import facts
from notifications.enums import Audience
from notifications.kinds import identities as kinds
from notifications.services.keys import text, unanswered
from notifications.services.scene import Scene
from onboarding.models import OnboardingCase
from people.calendar import add_working_days
from recruitment.models import Interview

# Whoever accepts on the own page is asked there: a message goes to those who have not gone on by then.
ASKED_AFTER = timedelta(hours=1)
REMINDED_WORKING_DAYS_BEFORE = 3
# Whoever was asked only just now is not reminded at once.
APART = timedelta(days=1)


def decide(scene: Scene, event: Event, side: frozenset[Audience]) -> Brief:
    """It is there: whatever still waits to ask for it is called off."""
    case = scene.cases[event.subject_id]
    return Brief(
        topic=ref(case), needs=[], kinds=family(kinds.FAMILY), audiences=side, reason="given", event=event
    )


def send_due(*, limit: int = 500) -> int:
    """Ask for what is missing of every hire of an hour ago, and remind whose first day is near; safe to run twice.
    Returns how many messages are new."""
    return sum(
        _send(kind, due[:limit]) for kind, due in ((kinds.ASKED, _to_ask()), (kinds.REMINDED, _to_remind()))
    )


def _to_ask() -> QuerySet[OnboardingCase]:
    return _owing(kinds.ASKED).filter(application__stage_since__lte=timezone.now() - ASKED_AFTER)


def _to_remind() -> QuerySet[OnboardingCase]:
    near = add_working_days(timezone.localdate(), REMINDED_WORKING_DAYS_BEFORE).date
    asked = Message.objects.filter(idem_key=OuterRef("asked_key"), accepted_at__lte=timezone.now() - APART)
    owing = _owing(kinds.REMINDED).annotate(asked_key=_key(kinds.ASKED))
    return owing.filter(Exists(asked), forecast_start__lte=near)


def _owing(kind: MessageKind) -> QuerySet[OnboardingCase]:
    """Those who can still be asked, by a link to their own page, and were not in this way."""
    interviews = Interview.objects.filter(application=OuterRef("application"))
    rows = OnboardingCase.objects.owing_identity().filter(
        Exists(interviews), forecast_start__gt=timezone.localdate()
    )
    return rows.annotate(key=_key(kind)).filter(unanswered("key")).order_by("forecast_start", "pk")


def _key(kind: MessageKind) -> object:
    return text(f"{kind}:case:", F("pk"))


def _send(kind: MessageKind, cases: QuerySet[OnboardingCase]) -> int:
    sent = 0
    for pk in list(cases.values_list("pk", flat=True)):
        with transaction.atomic():
            rows = OnboardingCase.objects.owing_identity().select_for_update(no_key=True, of=("self",))
            case = rows.select_related("application").filter(pk=pk).first()
            sent += 0 if case is None else len(_message(kind, case))
    return sent


def _message(kind: MessageKind, case: OnboardingCase) -> list[Message]:
    interview = facts.interviews().filter(application=case.application_id).order_by("-pk").first()
    assert interview is not None  # noqa: S101 -- whoever has none was not looked for
    application = interview.application
    need = Need(
        kind=kind,
        audience=Audience.CANDIDATE,
        to=application.candidate,
        key=f"{kind}:case:{case.pk}",
        context={**facts.of_application(application), "start_on": case.forecast_start},
        whole_key=True,
    )
    return messages.queue_all([need], topic=ref(case), origin=ref(interview))
