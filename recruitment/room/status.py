"""How it stands with an interview, in the candidate's words: one reading of the live state for page and API."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from core.language import in_language
from people.colleagues import whom_to_turn_to
from recruitment.enums import ApplicationStage, InterviewKind, InterviewState
from recruitment.models import Checkpoint, Interview
from recruitment.services.interviews import MOST_ANNOUNCED_EXITS

# Where the room itself can be entered; everything else is a page of its own.
ENTERABLE = frozenset({"invited", "rescheduled", "in_progress", "interrupted"})
# Where the exit call still takes a candidate's withdrawal.
WITHDRAWABLE = frozenset({"in_progress", "interrupted"})

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


@dataclass(frozen=True)
class Live:
    """What a situation depends on, and nothing else."""

    state: str
    stage: str
    opens_at: datetime
    closes_at: datetime
    now: datetime
    kind: str = InterviewKind.ROOM
    attempt: int = 1
    resume_until: datetime | None = None
    announced_exits: int = 0
    is_reported: bool = False


def situation_of(live: Live) -> str:
    """The one word for where the candidate stands. An ended application outweighs its interview. Pure."""
    if live.stage in ApplicationStage.ended:
        return _BY_STAGE[ApplicationStage(live.stage)]
    if live.state not in InterviewState.running:
        if live.stage in _BY_STAGE:
            return _BY_STAGE[ApplicationStage(live.stage)]
        if live.state == InterviewState.ABANDONED:
            return "given_up"
        if live.state == InterviewState.COMPLETED and live.is_reported:
            return "report_there"
        return _BY_STATE[InterviewState(live.state)]
    if live.kind != InterviewKind.ROOM:
        return "held_elsewhere"
    if live.state == InterviewState.IN_PROGRESS:
        return "in_progress"
    if live.state == InterviewState.INTERRUPTED:
        if live.resume_until is not None and live.now >= live.resume_until:
            return "return_over"
        return "no_returns_left" if live.announced_exits > MOST_ANNOUNCED_EXITS else "interrupted"
    if live.now < live.opens_at:
        return "not_open"
    if live.now >= live.closes_at:
        return "window_over"
    return "rescheduled" if live.attempt > 1 else "invited"


@dataclass(frozen=True)
class Status:
    """What page and API say: the situation, its words, what is kept, what comes next, and whom to call."""

    situation: str
    heading: str
    sentence: str
    next_words: str
    next_by: datetime | date | None
    return_until: datetime | None
    specialist: dict[str, str]
    kept: list[str] = field(default_factory=list)

    @property
    def can(self) -> list[str]:
        """What works now, in the API's words."""
        steps = ["contact"]
        if self.situation in ("in_progress", "interrupted"):
            steps.insert(0, "return")
        if self.situation in WITHDRAWABLE:
            steps.append("withdraw")
        return steps

    @property
    def next_when(self) -> str:
        """Until when, in words."""
        if isinstance(self.next_by, datetime):
            return when(self.next_by)
        return "" if self.next_by is None else formats.date_format(self.next_by, "MONTH_DAY_FORMAT")

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


def when(moment: datetime) -> str:
    """A moment by the clock of the company, which need not be the reader's: it is said whose."""
    local = timezone.localtime(moment)
    return _("%(day)s, %(time)s (Beijing time)") % {
        "day": formats.date_format(local, "MONTH_DAY_FORMAT"),
        "time": local.strftime("%H:%M"),
    }


def status_of(interview_id: int) -> Status:
    """How it stands now, as it is lived: a lapsed lease reads interrupted. Reads only; three queries or four."""
    interview = (
        Interview.objects.with_live_state()
        .select_related("version", "application__candidate", "application__opening__specialist")
        .get(pk=interview_id)
    )
    application = interview.application
    resume_until = interview.resume_until if interview.live_state == InterviewState.INTERRUPTED else None
    situation = situation_of(
        Live(
            state=interview.live_state,
            stage=application.stage,
            opens_at=interview.window_opens_at,
            closes_at=interview.window_closes_at,
            now=timezone.now(),
            kind=interview.kind,
            attempt=interview.attempt,
            resume_until=resume_until,
            announced_exits=interview.announced_exits,
            is_reported=interview.assessments.filter(status="current", basis="full").exists(),
        )
    )
    heading, sentence, next_words = _WORDS[situation]()
    specialist = whom_to_turn_to(application.opening.specialist)
    return Status(
        situation=situation,
        heading=heading,
        sentence=sentence,
        next_words=next_words,
        next_by=_by(situation, interview),
        return_until=resume_until if situation == "interrupted" else None,
        specialist={
            "name": specialist.name or str(specialist),
            "phone": specialist.phone,
            "email": specialist.email,
        },
        kept=_kept(interview),
    )


def _kept(interview: Interview) -> list[str]:
    saved = Checkpoint.objects.filter(interview=interview, attempt=interview.attempt)
    titles = saved.order_by("stage__number").values_list("stage__title", "stage__title_en")
    return [in_language(title, english) for title, english in titles]


def _by(situation: str, interview: Interview) -> datetime | date | None:
    if situation == "not_open":
        return interview.window_opens_at
    if situation in ("invited", "rescheduled"):
        return interview.window_closes_at
    if situation == "interrupted":
        return interview.resume_until
    promised = situation in ("completed", "report_there", "second_round", "offer")
    return interview.application.promised_by if promised else None


def _call() -> str:
    return _("Please call or write to your contact below if you would like a new time.")


# Heading, sentence, what comes next.
_WORDS: dict[str, Callable[[], tuple[str, str, str]]] = {
    "invited": lambda: (
        _("Interview invitation"),
        _("Your interview is open. You can begin now."),
        _("Please finish the interview."),
    ),
    "rescheduled": lambda: (
        _("Your interview has a new time"),
        _("Your interview was given a new time and is open. You can begin now."),
        _("Please finish the interview."),
    ),
    "not_open": lambda: (
        _("The interview is not open yet"),
        _("Your interview has not opened yet; nothing needs to be done now."),
        _("Open this link again when the interview opens."),
    ),
    "window_over": lambda: (
        _("The time for this interview is over"),
        _("The interview was not begun while it was open."),
        _call(),
    ),
    "missed": lambda: (
        _("You missed this interview"),
        _("The interview was not begun while it was open."),
        _call(),
    ),
    "in_progress": lambda: (
        _("Your interview is in progress"),
        _("The interview is open on a page or a device. If you go on here, the other page stops."),
        _("Go on here, or stay on the other page."),
    ),
    "interrupted": lambda: (
        _("Your interview was interrupted"),
        _("You can return on any device and go on where you stopped."),
        _("Return and finish the interview."),
    ),
    "return_over": lambda: (
        _("The time to return is over"),
        _("Your interview was interrupted, and the time to return has passed."),
        _call(),
    ),
    "no_returns_left": lambda: (
        _("This interview cannot be continued here"),
        _("The interview was left more often than it can be continued."),
        _call(),
    ),
    "given_up": lambda: (
        _("This interview has ended"),
        _("The interview was ended before it was finished."),
        _call(),
    ),
    "cancelled": lambda: (
        _("This interview was cancelled"),
        _("The interview does not take place."),
        _call(),
    ),
    "completed": lambda: (
        _("Your interview is complete"),
        _("Thank you. Your answers have arrived and are being evaluated."),
        _("We will tell you how it goes on."),
    ),
    "report_there": lambda: (
        _("Your interview is complete"),
        _("Thank you. Your answers are evaluated; the decision is being made."),
        _("We will tell you how it goes on."),
    ),
    "second_round": lambda: (
        _("You are in the second round"),
        _("This interview is done, and we would like to meet you in a second round."),
        _("Your contact arranges the time with you."),
    ),
    "offer": lambda: (
        _("An offer is being prepared"),
        _("Your interviews are done, and we are preparing an offer for you."),
        _("Your contact will discuss the details with you."),
    ),
    "hired": lambda: (
        _("You are hired"),
        _("Welcome! Your application has succeeded."),
        _("Your contact helps you with everything up to your first day."),
    ),
    "rejected": lambda: (
        _("Your application has ended"),
        _("Thank you for your time. We have decided not to continue with this application."),
        _("Nothing more is needed from you."),
    ),
    "withdrawn": lambda: (
        _("Your application was withdrawn"),
        _("The application was withdrawn, and the interview is not continued."),
        _("If this is a mistake, please call or write to your contact below."),
    ),
    "fell_through": lambda: (
        _("Your application has ended"),
        _("The position was offered to you and you will not take it up, as we noted."),
        _("If this is a mistake, please call or write to your contact below."),
    ),
    "held_elsewhere": lambda: (
        _("This interview is not held here"),
        _("This interview takes place outside this page."),
        _("Please use the details in your invitation, or ask your contact below."),
    ),
}
