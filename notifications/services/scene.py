"""The records that the messages of one chain speak of, as they stand at its end: each read once, in sets."""

from collections.abc import Iterable
from typing import Any, Self, TypeVar

from django.db.models import Exists, Model, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject

from core.events.models import Event
from messaging.refs import Ref
from messaging.services.deciding import Ledger
from notifications import facts
from onboarding import signals
from onboarding.models import OnboardingCase, OnboardingDelay
from recruitment.enums import FollowUpKind, FollowUpState, InterviewState, OfferState
from recruitment.models import (
    Application,
    Assessment,
    CandidateNote,
    FollowUp,
    Interview,
    Offer,
    Problem,
    SlotOffer,
)
from recruitment.queries import contacts_of, exits_of
from recruitment.signals import follow_up_closed
from training.models import PlanItem, TrainingPlan

INTERVIEW = Interview._meta.label_lower
ASSESSMENT = Assessment._meta.label_lower
FOLLOW_UP = FollowUp._meta.label_lower
APPLICATION = Application._meta.label_lower
OFFER = Offer._meta.label_lower
SLOTS = SlotOffer._meta.label_lower
NOTE = CandidateNote._meta.label_lower
PROBLEM = Problem._meta.label_lower
CASE = OnboardingCase._meta.label_lower
PLAN = TrainingPlan._meta.label_lower

MOVES = (signals.start_forecast_changed.kind, signals.start_forecast_restored.kind)
# In these a call is owed, whose time the messages name.
_CALLED = (InterviewState.INTERRUPTED, InterviewState.ABANDONED, InterviewState.MISSED)

Row = TypeVar("Row", bound=Model)


class Scene:
    """Rows by number. What somebody may be changing is read under its lock, in the one order: interview, its other
    rows, application, onboarding, training.

    `is_held`: all of it follows from this very transaction, whose steps hold the locks already.
    """

    def __init__(self, *, is_held: bool = False) -> None:
        self.is_held = is_held
        self.ledger = Ledger(())
        self.interviews: dict[int, Interview] = {}
        self.follow_ups: dict[int, FollowUp] = {}
        self.assessments: dict[int, Assessment] = {}
        self.applications: dict[int, Application] = {}
        self.cases: dict[int, Any] = {}
        self.plans: dict[int, TrainingPlan] = {}
        self._owed: dict[int, FollowUp] = {}
        self._last: dict[int, Interview] = {}
        self._last_events: dict[tuple[int, str], Event | None] = {}

    @classmethod
    def of(cls, events: Iterable[Event], *, is_held: bool) -> Self:
        """The scene of these events: their subjects, the interviews behind them, and what was said about them."""
        subjects: dict[str, set[int]] = {}
        origins = set()
        closed = set()
        for event in events:
            subjects.setdefault(event.subject_type, set()).add(event.subject_id)
            if event.origin_type == INTERVIEW:
                origins.add(event.origin_id)
            if is_held and event.kind == follow_up_closed.kind:
                closed.add(event.subject_id)  # in this very transaction: nothing else is to be known of it
        scene = cls(is_held=is_held)
        scene._read(subjects, origins, closed)
        topics = {Ref(label, pk) for label, pks in subjects.items() if label != ASSESSMENT for pk in pks} | {
            Ref(APPLICATION, scene.interview(row.interview_id).application_id)
            for row in scene.assessments.values()
        }
        scene.ledger = Ledger.of(topics)
        return scene

    def _read(self, subjects: dict[str, set[int]], origins: set[int], closed: set[int]) -> None:
        """Interviews first. Only what is told about an interview itself is decided on under the interview's lock."""
        told_of = subjects.get(INTERVIEW, set()) | (origins if ASSESSMENT in subjects else set())
        self._take(self.interviews, self._locked(Interview, told_of), facts.interviews(), told_of | origins)
        called = [row for row in self.interviews.values() if row.state in _CALLED]
        exits_of.ahead(row.pk for row in called)
        facts.read_stages_ahead(row for row in called if row.pk in told_of)
        self._read_follow_ups(subjects.get(FOLLOW_UP, set()) - closed)
        if ids := subjects.get(ASSESSMENT):
            self.assessments = Assessment.objects.in_bulk(ids)
        self._take(self.applications, self._locked(Application, subjects.get(APPLICATION)), _applications())
        self._take(self.cases, self._locked(OnboardingCase, subjects.get(CASE)), _cases())
        self._take(self.plans, self._locked(TrainingPlan, subjects.get(PLAN)), _plans())
        self._read_last_interviews(
            {row.application_id for row in (*self.cases.values(), *self.plans.values())}
        )

    def _read_last_interviews(self, application_ids: set[int]) -> None:
        """Of applications to none of whose interviews anything happened here, such as after the calendar changed."""
        missing = application_ids - {row.application_id for row in self.interviews.values()}
        if missing:
            last = facts.interviews().filter(application__in=missing).order_by("application_id", "-id")
            self._last = {row.application_id: row for row in last.distinct("application_id")}

    def _locked(self, model: type[Row], ids: set[int] | None) -> set[int]:
        """The numbers, now that the rows are locked: what is read of them afterwards is as fresh as the locks."""
        if ids and not self.is_held:
            rows = model._default_manager.select_for_update(no_key=True).filter(pk__in=ids)
            list(rows.order_by("pk").values_list("pk"))
        return ids or set()

    def _take(
        self, into: dict[int, Any], locked: set[int], rows: "QuerySet[Any]", ids: set[int] | None = None
    ) -> None:
        wanted = locked if ids is None else ids
        if wanted:
            into.update({row.pk: row for row in rows.filter(pk__in=wanted)})

    def _read_follow_ups(self, ids: set[int]) -> None:
        """The subjects, and the calls that the interviews' present states owe."""
        self._locked(FollowUp, ids)
        owing = [pk for pk, interview in self.interviews.items() if interview.state in _CALLED]
        if not ids and not owing:
            return
        open_calls = Q(interview__in=owing, kind=FollowUpKind.EXIT, state__in=FollowUpState.unfinished)
        for row in FollowUp.objects.select_related("assignee", "exit").filter(Q(pk__in=ids) | open_calls):
            if row.pk in ids:
                self.follow_ups[row.pk] = row
            if row.kind == FollowUpKind.EXIT and row.state in FollowUpState.unfinished:
                self._owed[row.interview_id] = row
        contacts_of.ahead(row.interview_id for row in self.follow_ups.values() if is_asked_about(row))

    def interview(self, interview_id: int) -> Interview:
        """One interview with everything that its messages speak of."""
        if interview_id not in self.interviews:
            self.interviews[interview_id] = facts.interviews().get(pk=interview_id)
        return self.interviews[interview_id]

    def interview_behind(self, application_id: int, origin: Ref | None) -> Interview | None:
        """The interview whose story it is, when it is this application's; else the application's last one."""
        if origin is not None and origin.type == INTERVIEW:
            found = self.interviews.get(origin.id) or facts.interviews().filter(pk=origin.id).first()
            if found is not None and found.application_id == application_id:
                return found
        if application_id in self._last:
            return self._last[application_id]
        return facts.interviews().filter(application=application_id).order_by("-id").first()

    def last_event(self, interview: Interview, kind: str) -> Event | None:
        """The newest event of a kind about the interview, with what it followed from; read for all at once."""
        if (interview.pk, kind) not in self._last_events:
            asked = {interview.pk, *self.interviews}
            events = Event.objects.select_related("caused_by").filter(
                subject_type=INTERVIEW, subject_id__in=asked, kind=kind
            )
            newest = {
                row.subject_id: row for row in events.order_by("subject_id", "-id").distinct("subject_id")
            }
            self._last_events |= {(pk, kind): newest.get(pk) for pk in asked}
        return self._last_events[interview.pk, kind]

    def owed_call(self, interview: Interview) -> FollowUp | None:
        """The unfinished call that the present exit is owed."""
        return self._owed.get(interview.pk)


def _applications() -> "QuerySet[Application]":
    return Application.objects.select_related(
        "candidate", "opening__specialist", "opening__department", "invitation"
    )


def is_asked_about(follow_up: FollowUp) -> bool:
    """Whether the clock has run so far that it matters who tried to call."""
    return follow_up.colleague_asked_at is not None or follow_up.lead_told_at is not None


def _cases() -> "QuerySet[OnboardingCase]":
    """Cases with their newest move, their longest active delay, whether nobody knows the date any more, and whether
    the candidate has an offer in hand, which names a first day."""
    moves = Event.objects.filter(subject_type=CASE, subject_id=OuterRef("pk"), kind__in=MOVES).order_by("-id")
    active = OnboardingDelay.objects.active().filter(case=OuterRef("pk"))
    return OnboardingCase.objects.annotate(
        last_move=Subquery(
            moves.values(row=JSONObject(id="id", origin_type="origin_type", origin_id="origin_id"))[:1]
        ),
        longest=Subquery(
            active.order_by("-days", "-id").values(row=JSONObject(days="days", cause="cause"))[:1]
        ),
        is_date_unknown=Exists(active.filter(date_unknown=True)),
        is_offered=Exists(
            Offer.objects.filter(application=OuterRef("application"), state__in=OfferState.in_hand)
        ),
    )


def _plans() -> "QuerySet[TrainingPlan]":
    items = PlanItem.objects.live().select_related("course").order_by("offset_working_days", "id")
    return TrainingPlan.objects.prefetch_related(Prefetch("items", queryset=items))
