"""How it stands with an interview, in the candidate's words: one reading of the live state for page and API."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Subquery
from django.db.models.fields.json import KeyTransform
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from core import contacts
from core.events.models import Event
from core.language import in_language
from core.moments import by_the_company
from core.trouble import wall
from messaging.enums import MessageState
from messaging.models import Message
from people.colleagues import whom_to_turn_to
from recruitment import signals
from recruitment.enums import (
    ApplicationStage,
    FollowUpKind,
    FollowUpState,
    InterviewKind,
    InterviewState,
    OfferState,
)
from recruitment.models import (
    Answer,
    Application,
    Checkpoint,
    FollowUp,
    Interview,
    InterviewSurvey,
    Offer,
    SlotOffer,
)
from recruitment.room.situations import words_of
from recruitment.rounds.services import moving
from recruitment.services import surveys
from recruitment.services.interviews import MOST_ANNOUNCED_EXITS

# Where the room itself can be entered; everything else is a page of its own.
ENTERABLE = frozenset({"invited", "rescheduled", "in_progress", "interrupted"})
# Where the exit call still takes a candidate's withdrawal.
WITHDRAWABLE = frozenset({"in_progress", "interrupted"})
# Where something was begun that did not become whole: it is said what of it is kept, or that nothing is.
BROKEN_OFF = frozenset({"return_over", "no_returns_left", "given_up", "not_returned"})
# Where a call is owed, whose time is said.
CALLED = frozenset({*BROKEN_OFF, "missed", "window_over"})
# Where there is nothing to enter, times that HR offers come first.
CHOOSING = frozenset(
    {*CALLED, "second_round", "offer", "not_open", "rescheduled_ahead", "held_elsewhere", "cancelled"}
)
# What the clock alone says.
_BY_THE_CLOCK = frozenset({"not_open", "rescheduled_ahead", "window_over", "return_over"})

_BY_STAGE = {
    ApplicationStage.SECOND_ROUND: "second_round",
    ApplicationStage.OFFER: "offer",
    ApplicationStage.HIRED: "hired",
    ApplicationStage.REJECTED: "rejected",
    ApplicationStage.WITHDRAWN: "withdrawn",
    ApplicationStage.FELL_THROUGH: "fell_through",
}
_BY_STATE = {
    InterviewState.COMPLETED: "completed",
    InterviewState.MISSED: "missed",
    InterviewState.CANCELLED: "cancelled",
}
# What a word about it may still be held back for; until then the candidate's page says nothing of it either. Who has
# withdrawn knows it.
_TOLD_LATER = frozenset({ApplicationStage.OFFER, *ApplicationStage.ended}) - {ApplicationStage.WITHDRAWN}


@dataclass(frozen=True)
class Live:
    """What a situation depends on, and nothing else.

    `is_held_back`: the word about the stage waits for its time. `stood_at`: where the end found the application.
    `is_cut_off`: the interview was cancelled by an end of its application. `has_offer`: an offer was sent and waits for
    the candidate's answer; `had_offer`: one was sent at all; `has_accepted`: the last one was accepted. `has_slots`:
    times are offered to choose from.
    """

    state: str
    stage: str
    opens_at: datetime
    closes_at: datetime
    now: datetime
    kind: str = InterviewKind.ROOM
    resume_until: datetime | None = None
    announced_exits: int = 0
    is_reported: bool = False
    is_rescheduled: bool = False
    was_given_up: bool = False
    is_held_back: bool = False
    stood_at: str = ""
    is_cut_off: bool = False
    has_offer: bool = False
    had_offer: bool = False
    has_accepted: bool = False
    has_slots: bool = False


def situation_of(live: Live) -> str:
    """The one word for where the candidate stands. An ended application outweighs its interview. Pure."""
    word = _without_slots(live)
    return "slots_offered" if live.has_slots and word in CHOOSING else word


def _without_slots(live: Live) -> str:
    if live.has_accepted and live.stage == ApplicationStage.HIRED:
        return "hired"  # whoever accepted knows it, before any word of ours
    if (live.has_offer or live.had_offer) and live.stage == ApplicationStage.OFFER:
        return "offer_sent" if live.has_offer else "offer_over"
    if live.is_held_back and live.stage in _TOLD_LATER:
        return _before_it_is_told(live)
    if live.stage in ApplicationStage.ended:
        return _BY_STAGE[ApplicationStage(live.stage)]
    if live.state not in InterviewState.running:
        return _of_what_is_over(live)
    if live.kind != InterviewKind.ROOM:
        return "held_elsewhere"
    if live.state == InterviewState.IN_PROGRESS:
        return "in_progress"
    if live.state == InterviewState.INTERRUPTED:
        if live.resume_until is not None and live.now >= live.resume_until:
            return "return_over"
        return "no_returns_left" if live.announced_exits > MOST_ANNOUNCED_EXITS else "interrupted"
    if live.now < live.opens_at:
        return "rescheduled_ahead" if live.is_rescheduled else "not_open"
    if live.now >= live.closes_at:
        return "window_over"
    return "rescheduled" if live.is_rescheduled else "invited"


def _of_what_is_over(live: Live) -> str:
    if live.stage in _BY_STAGE:
        return _BY_STAGE[ApplicationStage(live.stage)]
    if live.state == InterviewState.ABANDONED:
        return "given_up" if live.was_given_up else "not_returned"
    if live.state == InterviewState.COMPLETED and live.is_reported:
        return "report_there"
    if live.is_cut_off:
        return "window_over"  # the application goes on again, and only a new time is missing
    return _BY_STATE[InterviewState(live.state)]


def _before_it_is_told(live: Live) -> str:
    """As it stood; what the end cut off cannot be taken, and nobody is told why before it is time."""
    if live.is_cut_off or live.state in InterviewState.running:
        return "on_hold"
    before = {
        ApplicationStage.OFFER: ApplicationStage.SECOND_ROUND,
        ApplicationStage.HIRED: ApplicationStage.OFFER,
    }
    stage = before.get(ApplicationStage(live.stage)) or live.stood_at or ApplicationStage.EVALUATING
    return _without_slots(replace(live, stage=stage, is_held_back=False))


@dataclass(frozen=True)
class Status:
    """What page and API say: the situation, its words, what is kept, what comes next, and whom to call."""

    situation: str
    heading: str
    sentence: str
    next_words: str
    do_words: str
    next_by: datetime | date | None
    return_until: datetime | None
    specialist: dict[str, str]
    kept: list[str] = field(default_factory=list)
    has_answers: bool = False
    has_slots: bool = False
    is_movable: bool = False
    is_survey_open: bool = False

    @property
    def can(self) -> list[str]:
        """What works now, in the API's words."""
        steps = ["contact"]
        if self.is_movable:
            steps = ["reschedule", *steps]
        if self.has_slots:
            steps = ["choose_slot", *steps]
        if self.situation == "offer_sent":
            steps = ["accept_offer", "decline_offer", *steps]
        if self.situation in ("in_progress", "interrupted"):
            steps.insert(0, "return")
        if self.situation in WITHDRAWABLE:
            steps.append("withdraw")
        return [*steps, "request_data", "request_erasure"]

    @property
    def has_times(self) -> bool:
        """There are times to choose from, on the page of times."""
        return self.has_slots or self.is_movable

    @property
    def is_enterable(self) -> bool:
        """The room itself can be entered."""
        return self.situation in ENTERABLE

    @property
    def kept_words(self) -> str:
        """Of what was broken off and has no whole stage: what there is, or that there is nothing."""
        if self.kept or self.situation not in BROKEN_OFF:
            return ""
        if self.has_answers:
            return _("No stage is finished; the answers that reached us are kept.")
        return _("Nothing of this interview is saved.")

    @property
    def next_when(self) -> str:
        """Until when, in words."""
        if isinstance(self.next_by, datetime):
            return by_the_company(self.next_by)
        return "" if self.next_by is None else formats.date_format(self.next_by, "MONTH_DAY_FORMAT")

    @property
    def next_at(self) -> str:
        """The moment until when, for the page's script; "" where it is a day or none."""
        return self.next_by.isoformat() if isinstance(self.next_by, datetime) else ""

    @property
    def zone(self) -> str:
        """Whose clock the page's words go by."""
        return timezone.get_current_timezone_name()

    @property
    def next_line(self) -> str:
        """`next_when` as a line of its own."""
        if not self.next_when:
            return ""
        ahead = self.situation in ("not_open", "rescheduled_ahead")
        return (_("Opens: %(when)s") if ahead else _("By: %(when)s")) % {"when": self.next_when}

    def body(self) -> dict[str, Any]:
        """As the contract writes it."""
        return {
            "situation": self.situation,
            "sentence": self.sentence,
            "kept": self.kept,
            "next": {"what": self.next_words, "by": self.next_by},
            "return_until": self.return_until,
            "can": self.can,
            "specialist": self.specialist,
        }


def _in_time(live: Live) -> str:
    """The situation by the clock, or by what it would show had nobody set it: whoever is in time is not sent away."""
    word = situation_of(live)
    if word not in _BY_THE_CLOCK:
        return word
    by_either = (situation_of(replace(live, now=moment)) for moment in wall.moments())
    return next((other for other in by_either if other not in _BY_THE_CLOCK), word)


def status_of(interview_id: int) -> Status:
    """How it stands now, as it is lived: a lapsed lease reads interrupted. Reads only.

    Three queries or four, one more where the clock shuts the room.
    """
    interview: Any = _read(interview_id)
    application = interview.application
    resume_until = interview.resume_until if interview.live_state == InterviewState.INTERRUPTED else None
    situation = _in_time(
        Live(
            state=interview.live_state,
            stage=application.stage,
            opens_at=interview.window_opens_at,
            closes_at=interview.window_closes_at,
            now=timezone.now(),
            kind=interview.kind,
            resume_until=resume_until,
            announced_exits=interview.announced_exits,
            is_reported=interview.assessments.filter(status="current", basis="full").exists(),
            is_rescheduled=interview.attempt > 1 or interview.was_moved,
            was_given_up=bool(interview.given_up),
            is_held_back=interview.told_at is not None,
            stood_at=application.stood_at,
            is_cut_off=bool(interview.stood_at),
            has_offer=interview.offer_state == OfferState.SENT and interview.offer_by > timezone.now(),
            had_offer=interview.offer_state is not None,
            has_accepted=interview.offer_state == OfferState.ACCEPTED,
            has_slots=interview.slots_by is not None,
        )
    )
    heading, sentence, next_words, do_words = words_of(situation)
    next_by = _by(situation, interview)
    if situation in CALLED and next_by is None:
        next_words = _("HR can give you a new time.")  # nobody owes a call: none is promised
    specialist = whom_to_turn_to(application.opening.specialist)
    return Status(
        situation=situation,
        heading=heading,
        sentence=sentence,
        next_words=next_words,
        do_words=do_words,
        next_by=next_by,
        return_until=resume_until if situation == "interrupted" else None,
        specialist={
            "name": specialist.name or str(specialist),
            "phone": contacts.shown(specialist.phone),
            "email": specialist.email,
        },
        kept=_kept(interview),
        has_answers=interview.has_answers,
        has_slots=interview.slots_by is not None,
        is_movable=interview.is_movable,
        is_survey_open=interview.live_state in surveys.OVER
        and interview.kind != InterviewKind.VENDOR
        and not interview.is_rated,
    )


def _read(interview_id: int) -> Interview:
    """The interview with what its situation depends on, in one query.

    `told_at`: when the word that waits about its application goes out; `call_by`: until when a call is owed;
    `offer_state`, `offer_by`: of the last offer that was sent, where it stands and until when it could be answered.
    `slots_by`: until when one may choose among offered times; `is_movable`: something may be moved.
    """
    events = Event.objects.filter(subject_type=Interview._meta.label_lower, subject_id=OuterRef("pk"))
    given_up = events.filter(kind=signals.interview_abandoned.kind).order_by("-id")
    word = Message.objects.filter(
        topic_type=Application._meta.label_lower, topic_id=OuterRef("application"),
        audience="candidate", state=MessageState.PLANNED, due_at__gt=timezone.now(),
    )  # fmt: skip
    owed = FollowUp.objects.filter(
        interview=OuterRef("pk"), kind=FollowUpKind.EXIT, state__in=FollowUpState.unfinished
    )
    offered = Offer.objects.filter(application=OuterRef("application"), sent_at__isnull=False).order_by("-pk")
    answers = Answer.objects.filter(interview=OuterRef("pk"), attempt=OuterRef("attempt"))
    slots = SlotOffer.objects.live().filter(application=OuterRef("application"))
    movable = moving.movable_rows().filter(application=OuterRef("application"))
    rated = InterviewSurvey.objects.filter(interview=OuterRef("pk"), attempt=OuterRef("attempt"))
    return (
        Interview.objects.with_live_state()
        .annotate(
            was_moved=Exists(events.filter(kind=signals.interview_rescheduled.kind)),
            given_up=Subquery(given_up.values(said=KeyTransform("given_up", "facts"))[:1]),
            told_at=Subquery(word.order_by("-due_at").values("due_at")[:1]),
            call_by=Subquery(owed.order_by("-due_at").values("due_at")[:1]),
            has_answers=Exists(answers),
            offer_state=Subquery(offered.values("state")[:1]),
            offer_by=Subquery(offered.values("answer_by")[:1]),
            slots_by=Subquery(slots.values("choose_by")[:1]),
            is_movable=Exists(movable),
            is_rated=Exists(rated),
        )
        .select_related("version", "application__candidate", "application__opening__specialist")
        .get(pk=interview_id)
    )


def _kept(interview: Interview) -> list[str]:
    saved = Checkpoint.objects.filter(interview=interview, attempt=interview.attempt)
    titles = saved.order_by("stage__number").values_list("stage__title", "stage__title_en")
    return [in_language(title, english) for title, english in titles]


def _by(situation: str, interview: Any) -> datetime | date | None:
    """The day or the moment that is promised with what comes next; none that has passed."""
    if situation in ("not_open", "rescheduled_ahead"):
        return interview.window_opens_at
    if situation in ("invited", "rescheduled"):
        return interview.window_closes_at
    if situation == "interrupted":
        return interview.resume_until
    if situation == "on_hold":
        return interview.told_at
    if situation == "offer_sent":
        return interview.offer_by
    if situation == "slots_offered":
        return interview.slots_by
    if situation in CALLED:
        return interview.call_by if interview.call_by and interview.call_by > timezone.now() else None
    promised = interview.application.promised_by
    if situation in ("completed", "report_there", "second_round", "cancelled") and promised:
        return promised if promised >= timezone.localdate() else None
    return None
