"""States, causes and kinds of recruitment, with the named groups that rules speak of."""

from enum import nonmember
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.transitions import Steps


class OpeningState(models.TextChoices):
    OPEN = "open", _("Recruiting")
    CLOSED = "closed", _("Closed")


class ApplicationStage(models.TextChoices):
    """Where an application is: the interview's result moves it from evaluating to the second round."""

    APPLIED = "applied", _("Applied")
    SCREENING = "screening", _("Screening")
    INTERVIEWING = "interviewing", _("AI interview")
    EVALUATING = "evaluating", _("Evaluating")
    SECOND_ROUND = "second_round", _("Second round")
    OFFER = "offer", _("Offer")
    HIRED = "hired", _("Hired")
    REJECTED = "rejected", _("Rejected")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    FELL_THROUGH = "fell_through", _("Fell through")

    ended = nonmember(("hired", "rejected", "withdrawn", "fell_through"))
    called_off = nonmember(("rejected", "withdrawn", "fell_through"))
    before_second_round = nonmember(("applied", "screening", "interviewing", "evaluating"))
    # In these a word of ours is owed; while the interview runs it is the candidate's turn.
    promised = nonmember(("applied", "screening", "evaluating", "second_round", "offer"))


class ApplicationSource(models.TextChoices):
    """How an application came to the company; empty where nobody said."""

    OWN = "own", _("Sent by the person")
    JOB_BOARD = "job_board", _("Job board")
    CAMPUS = "campus", _("Campus recruiting")
    REFERRAL = "referral", _("Referred by a colleague")
    AGENCY = "agency", _("Recruiting agency")
    SEARCH = "search", _("Approached by us")
    PUBLIC_PAGE = "public_page", _("Public application page")
    OTHER = "other", _("Other way")


# (source, target) of every step of an application; the model's transitions and the database trigger both read it.
APPLICATION_STEPS = Steps(
    {
        "screen": ((ApplicationStage.APPLIED,), ApplicationStage.SCREENING),
        "start_interview": (
            (ApplicationStage.APPLIED, ApplicationStage.SCREENING, ApplicationStage.EVALUATING),
            ApplicationStage.INTERVIEWING,
        ),
        "start_evaluation": ((ApplicationStage.INTERVIEWING,), ApplicationStage.EVALUATING),
        "invite_to_second_round": (ApplicationStage.before_second_round, ApplicationStage.SECOND_ROUND),
        "return_to_evaluation": ((ApplicationStage.SECOND_ROUND,), ApplicationStage.EVALUATING),
        "make_offer": ((ApplicationStage.SECOND_ROUND,), ApplicationStage.OFFER),
        "hire": ((ApplicationStage.OFFER,), ApplicationStage.HIRED),
        "reject": (
            (*ApplicationStage.before_second_round, ApplicationStage.SECOND_ROUND, ApplicationStage.OFFER),
            ApplicationStage.REJECTED,
        ),
        "withdraw": (
            (*ApplicationStage.before_second_round, ApplicationStage.SECOND_ROUND, ApplicationStage.OFFER),
            ApplicationStage.WITHDRAWN,
        ),
        "fall_through": ((ApplicationStage.OFFER, ApplicationStage.HIRED), ApplicationStage.FELL_THROUGH),
    },
    back={"reopen": ("hire", "reject", "withdraw", "fall_through")},
)


class InterviewKind(models.TextChoices):
    ROOM = "room", _("Built-in room")
    VENDOR = "vendor", _("AI-interview vendor")
    PEOPLE = "people", _("Interviewers")


class RoundOutcome(models.TextChoices):
    """What a person made of a round that people held: an opinion about it, and no step of the application."""

    OPEN = "open", _("To be decided")
    PASSED = "passed", _("Passed")
    NOT_PASSED = "not_passed", _("Not passed")


class InterviewState(models.TextChoices):
    SCHEDULED = "scheduled", _("Scheduled")
    IN_PROGRESS = "in_progress", _("In progress")
    INTERRUPTED = "interrupted", _("Interrupted")
    COMPLETED = "completed", _("Completed")
    ABANDONED = "abandoned", _("Abandoned")
    MISSED = "missed", _("Missed")
    CANCELLED = "cancelled", _("Cancelled")

    # A candidate can (still) take part.
    running = nonmember(("scheduled", "in_progress", "interrupted"))
    # What keeps a start waiting for the interview's result.
    broken_off = nonmember(("interrupted", "abandoned", "missed"))


_I = InterviewState
# (sources, target) of every step of an interview; the model's transitions and the database trigger both read it.
INTERVIEW_STEPS = Steps(
    {
        "enter": ((_I.SCHEDULED,), _I.IN_PROGRESS),
        "interrupt": ((_I.IN_PROGRESS,), _I.INTERRUPTED),
        "resume": ((_I.INTERRUPTED,), _I.IN_PROGRESS),
        "complete": ((_I.IN_PROGRESS, _I.INTERRUPTED), _I.COMPLETED),
        "abandon": ((_I.INTERRUPTED,), _I.ABANDONED),
        "miss": ((_I.SCHEDULED,), _I.MISSED),
        "cancel": ((_I.SCHEDULED, _I.IN_PROGRESS, _I.INTERRUPTED), _I.CANCELLED),
        "reschedule": ((_I.SCHEDULED, _I.INTERRUPTED, _I.MISSED, _I.ABANDONED, _I.CANCELLED), _I.SCHEDULED),
        "reinstate": ((_I.CANCELLED,), (_I.SCHEDULED, _I.INTERRUPTED)),
    }
)


class Gender(models.TextChoices):
    """As a candidate says it."""

    FEMALE = "female", _("Female")
    MALE = "male", _("Male")
    OTHER = "other", _("Another")


class AgeBand(models.TextChoices):
    """Wide enough that it tells of nobody."""

    UNDER_25 = "under_25", _("Under 25")
    FROM_25 = "25_34", _("25 to 34")
    FROM_35 = "35_44", _("35 to 44")
    FROM_45 = "45_over", _("45 or over")


class ExitCause(models.TextChoices):
    """Why an interview broke off. Announced causes are the candidate's word; HR may correct any of them."""

    NETWORK = "network", _("Network")
    PAGE_CLOSED = "page_closed", _("Page closed")
    APP_SWITCHED = "app_switched", _("Switched to another app")
    DEVICE = "device", _("Device failure")
    BY_MISTAKE = "by_mistake", _("Left by mistake")
    INTERRUPTED_BY_SOMEBODY = "interrupted_by_somebody", _("Interrupted by somebody")
    TIME_CONFLICT = "time_conflict", _("Time conflict")
    UNWILLING = "unwilling", _("Does not want to go on")
    OUR_OUTAGE = "our_outage", _("Our server")
    VENDOR = "vendor", _("Vendor fault")
    UNKNOWN = "unknown", _("Unknown")
    NO_SHOW = "no_show", _("Did not come")

    # What a candidate may name when leaving.
    announceable = nonmember(
        (
            "network",
            "device",
            "by_mistake",
            "interrupted_by_somebody",
            "time_conflict",
            "unwilling",
            "unknown",
        )
    )


class ExperimentSubject(models.TextChoices):
    """What two wordings of can stand side by side."""

    EXIT_DIALOG = "exit_dialog", _("Exit dialog")
    GUIDE = "guide", _("Interview guide")
    REMINDER = "reminder", _("Reminder to return")

    # Of these the other side may get nothing at all.
    left_out = nonmember(("exit_dialog", "guide"))


class Side(models.TextChoices):
    """Which of the two an application is on."""

    USUAL = "usual", _("usual words")
    OTHER = "other", _("other side")


def exit_causes() -> list[tuple[str, Any]]:
    """For fields of other apps: a cause more is no change of theirs."""
    return ExitCause.choices


class FollowUpKind(models.TextChoices):
    EXIT = "exit", _("Exit")
    ASKED = "asked", _("Asked for contact")
    CALL = "call", _("To be told by phone")
    DAY_OFF = "day_off", _("Window on a new day off")

    # The candidate was not promised anything: nobody is late, and nobody is called in their name.
    unpromised = nonmember(("day_off",))
    # What an interview's own state closes.
    of_interview = nonmember(("exit", "day_off"))


class EnquiryWay(models.TextChoices):
    COLLEAGUE = "colleague", _("of a colleague")
    PAGE = "page", _("asked for a call on their page")
    OPENED = "opened", _("opened their page")
    WECHAT = "wechat", _("in WeChat")


class FollowUpState(models.TextChoices):
    OPEN = "open", _("Open")
    CLAIMED = "claimed", _("Claimed")
    CLOSED = "closed", _("Closed")

    unfinished = nonmember(("open", "claimed"))


FOLLOW_UP_STEPS = Steps(
    {
        "claim": ((FollowUpState.OPEN,), FollowUpState.CLAIMED),
        "release": ((FollowUpState.CLAIMED,), FollowUpState.OPEN),
        "close": ((FollowUpState.OPEN, FollowUpState.CLAIMED), FollowUpState.CLOSED),
    }
)


class Outcome(models.TextChoices):
    """How a follow-up ended. `returned`, `rescheduled`, `cancelled` and `told` are noticed by the system itself."""

    RETURNED = "returned", _("Returned")
    REACHED = "reached", _("Reached")
    RESCHEDULED = "rescheduled", _("Rescheduled")
    UNREACHABLE = "unreachable", _("Unreachable")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    CANCELLED = "cancelled", _("Interview cancelled")
    TOLD = "told", _("Told another way")
    KEPT = "kept", _("Left as it is")

    by_people = nonmember(("reached", "unreachable", "withdrawn"))


class AssessmentStatus(models.TextChoices):
    CURRENT = "current", _("Current")
    SUPERSEDED = "superseded", _("Superseded")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class DecisionOutcome(models.TextChoices):
    """What the rule or a person made of an assessment. `asked` waits for a person."""

    INVITED = "invited", _("Invited to the second round")
    BELOW = "below", _("Below the threshold")
    ASKED = "asked", _("A person decides")
    DECLINED = "declined", _("Not invited")
    OVERTAKEN = "overtaken", _("Overtaken")

    undecided = nonmember(("asked", "below"))
    # Who decided against it may think again, and choose the weaker of two reports that stand; nobody can be uninvited
    # by a decision.
    invitable = nonmember(("asked", "below", "declined", "overtaken"))


class ContactChannel(models.TextChoices):
    PHONE = "phone", _("Phone")
    WECOM = "wecom", _("WeCom")
    SMS = "sms", _("SMS")
    EMAIL = "email", _("E-mail")


class Medium(models.TextChoices):
    """What an answer is given in, the richest first: a device that cannot do one takes the next."""

    VIDEO = "video", _("Video")
    AUDIO = "audio", _("Audio")
    TEXT = "text", _("Text")

    @classmethod
    def down_from(cls, richest: str) -> list[str]:
        """This medium and those below it: text is always the last."""
        ladder = [str(medium) for medium in cls]
        return ladder[ladder.index(richest) :]


class Standing(models.TextChoices):
    """Whether a recorded segment is part of its answer."""

    TAKEN = "taken", _("Part of the answer")
    SET_ASIDE = "set_aside", _("Set aside: came too late or was not named at the end")
    DISCARDED = "discarded", _("Discarded by the candidate for another take")


class RecordingState(models.TextChoices):
    """What is known of a recording: whether it plays is found after the answer is finished."""

    PENDING = "pending", _("Being prepared")
    PLAYABLE = "playable", _("Playable")
    BROKEN = "broken", _("Does not play")


class DeletionReason(models.TextChoices):
    """Why a recording's bytes are deleted."""

    RETENTION = "retention", _("Time to keep is over")
    CONSENT = "consent", _("Consent withdrawn")
    DISCARDED = "discarded", _("Discarded for another take")
    BY_HR = "by_hr", _("Deleted by HR")


class ScoringState(models.TextChoices):
    """How far a model is with a stage that it was asked to score."""

    OWED = "owed", _("Being scored")
    SCORED = "scored", _("Scored")
    NOT_SCORED = "not_scored", _("Not scored")


class TranscriptState(models.TextChoices):
    """How far the words of a recording are."""

    OWED = "owed", _("Being written down")
    WRITTEN = "written", _("Written down")
    NOT_ALLOWED = "not_allowed", _("Not agreed to")
    UNHEARD = "unheard", _("Could not be written down")


class OfferState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    APPROVED = "approved", _("Approved")
    SENT = "sent", _("Waits for an answer")
    ACCEPTED = "accepted", _("Offer accepted")
    DECLINED = "declined", _("Turned down")
    EXPIRED = "expired", _("Expired")
    WITHDRAWN = "withdrawn", _("Withdrawn")

    # One of these at a time for each application.
    open = nonmember(("draft", "approved", "sent"))
    # The candidate knows it, and it holds.
    in_hand = nonmember(("sent", "accepted"))


_O = OfferState
OFFER_STEPS = Steps(
    {
        "approve": ((_O.DRAFT,), _O.APPROVED),
        "send": ((_O.APPROVED,), _O.SENT),
        "accept": ((_O.SENT,), _O.ACCEPTED),
        "decline": ((_O.SENT,), _O.DECLINED),
        "expire": ((_O.SENT,), _O.EXPIRED),
        "withdraw": ((_O.DRAFT, _O.APPROVED, _O.SENT), _O.WITHDRAWN),
    }
)


class PayPeriod(models.TextChoices):
    MONTH = "month", _("a month")
    YEAR = "year", _("a year")


class DeclineReason(models.TextChoices):
    """Why a candidate turns an offer down, as the page asks it."""

    PAY = "pay", _("The pay")
    OTHER_OFFER = "other_offer", _("Another offer")
    PLACE = "place", _("The place of work")
    TASKS = "tasks", _("The work itself")
    PROCESS = "process", _("The process was too slow, or was interrupted")
    PRIVATE = "private", _("Private reasons")
    OTHER = "other", _("Something else")


class SlotState(models.TextChoices):
    """What became of times that a candidate was offered."""

    OPEN = "open", _("Waits for a choice")
    CHOSEN = "chosen", _("Chosen")
    EXPIRED = "expired", _("Expired")
    WITHDRAWN = "withdrawn", _("Withdrawn")


SLOT_STEPS = Steps(
    {
        "choose": ((SlotState.OPEN,), SlotState.CHOSEN),
        "expire": ((SlotState.OPEN,), SlotState.EXPIRED),
        "withdraw": ((SlotState.OPEN,), SlotState.WITHDRAWN),
    }
)


class NoteReaders(models.TextChoices):
    """Who reads a note about a candidate."""

    HR = "hr", _("all of HR")
    RECRUITING = "recruiting", _("recruiting alone")


class ProblemState(models.TextChoices):
    """Where a problem report stands."""

    OPEN = "open", _("Waits for somebody")
    TAKEN = "taken", _("Somebody looks into it")
    ANSWERED = "answered", _("Answered")

    unfinished = nonmember(("open", "taken"))
