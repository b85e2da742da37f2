"""Interview: one round of one application, with a state that only its steps move."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pgtrigger
from django.db import models
from django.db.models import Case, CharField, Exists, F, OuterRef, Q, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from core.changes import Dated, change_index, dated
from core.events.models import Event
from core.events.pulse import heard_until
from core.stateful import StatefulModel, StatefulQuerySet
from people.scope import ScopedQuerySet
from recruitment.enums import INTERVIEW_STEPS, ExitCause, InterviewKind, InterviewState
from recruitment.models.belonging import OfOpening, opening_of
from recruitment.models.candidates import Application
from recruitment.models.plans import PlanVersion

# The pulse whose last beat says until when we could hear the room.
ROOM_PULSE = "pump"


class InterviewQuerySet(StatefulQuerySet, ScopedQuerySet):
    department_lookup = "of_opening__department"

    def with_live_state(self) -> "InterviewQuerySet":
        """Annotate `live_state`: an in_progress row whose lease has run out while we could hear reads interrupted.

        Compared with the pulse, not with now(): while nobody could hear, no lease runs out. To filter by it, ask
        `in_live_state`: the annotation of a million rows is computed a million times.
        """
        return self.annotate(
            live_state=Case(
                When(
                    Q(state=InterviewState.IN_PROGRESS) & _lapsed(),
                    then=Value(str(InterviewState.INTERRUPTED)),
                ),
                default=F("state"),
                output_field=CharField(),
            )
        )

    def in_live_state(self, state: str) -> "InterviewQuerySet":
        """Those whose effective state is this one, found by the index of the stored one."""
        if state == InterviewState.IN_PROGRESS:
            return self.filter(~_lapsed(), state=state)
        if state == InterviewState.INTERRUPTED:
            lost = Q(state=InterviewState.IN_PROGRESS) & _lapsed()
            return self.filter(
                Q(state=state) | lost, state__in=(InterviewState.IN_PROGRESS, InterviewState.INTERRUPTED)
            )
        return self.filter(state=state)


def _lapsed() -> Exists:
    """The lease of a live interview has run out, as far as we could hear."""
    return Exists(Lease.objects.filter(interview=OuterRef("pk"), expires_at__lte=heard_until(ROOM_PULSE)))


def _has_open_stage(interview: "Interview") -> bool:
    return interview.saved_stages < interview.planned_stages


def _all_stages_saved(interview: "Interview") -> bool:
    # People keep no stages: that they met the candidate is all there is to know.
    if interview.kind == InterviewKind.PEOPLE:
        return True
    return 0 < interview.planned_stages <= interview.saved_stages


# One change of the round's calendar entry for each change of its slot, or of whether it takes place at all.
BOOKED = """
    UPDATE recruitment_round SET slot = s.slot, is_booked = s.booked, sequence = sequence + 1
    FROM (SELECT tstzrange(NEW.window_opens_at, NEW.window_closes_at) AS slot,
          NEW.state IN ('scheduled', 'in_progress', 'interrupted') AS booked) s
    WHERE interview_id = NEW.id
        AND (recruitment_round.slot <> s.slot OR recruitment_round.is_booked <> s.booked);
    UPDATE recruitment_scorecard c SET slot = r.slot, is_booked = r.is_booked, sequence = r.sequence
    FROM recruitment_round r
    WHERE r.interview_id = NEW.id AND c.round_id = r.id AND c.is_called AND c.sequence <> r.sequence;
    RETURN NULL;
"""


class Interview(Dated, OfOpening, StatefulModel):
    """One round of one application.

    `attempt` counts from 1 and is the unit of every report. `resume_until` is set while interrupted. `expected_result`
    is the day the result was expected when the attempt was first scheduled: delays are counted from it. `stood_at` is
    the state in which its application's end found it: there it goes back to when that end is taken back; else empty.
    `rule` is the advance rule's version as this attempt was entered, `threshold` its overall score; None where a
    person decides.
    `version` is what it is taken and judged under: from the moment something is answered it never changes.
    """

    named_through = (
        "application__candidate",
        "application__opening",
    )

    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="interviews", verbose_name=_("application")
    )
    version = models.ForeignKey(
        PlanVersion, on_delete=models.PROTECT, related_name="interviews", verbose_name=_("plan version")
    )
    kind = models.CharField(_("held by"), max_length=10, choices=InterviewKind, default=InterviewKind.ROOM)
    round = models.PositiveSmallIntegerField(_("round"), default=1)
    state = FSMField(
        _("state"), default=InterviewState.SCHEDULED, choices=InterviewState.choices, protected=True
    )
    attempt = models.PositiveSmallIntegerField(_("attempt"), default=1)
    window_opens_at = models.DateTimeField(_("window opens"))
    window_closes_at = models.DateTimeField(_("window closes"))
    resume_until = models.DateTimeField(_("may return until"), null=True, blank=True)
    expected_result = models.DateField(_("result expected"))
    announced_exits = models.PositiveSmallIntegerField(_("announced exits"), default=0)
    rescheduled_by_candidate = models.PositiveSmallIntegerField(_("rescheduled by the candidate"), default=0)
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    interrupted_at = models.DateTimeField(_("interrupted at"), null=True, blank=True)
    completed_at = models.DateTimeField(_("completed at"), null=True, blank=True)
    stood_at = models.CharField(max_length=50, blank=True, default="", editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    threshold = models.DecimalField(
        _("threshold then"), max_digits=5, decimal_places=2, null=True, blank=True, editable=False
    )
    rule = models.ForeignKey(
        "recruitment.RuleVersion", on_delete=models.RESTRICT, null=True, blank=True, editable=False, related_name="+",
        verbose_name=_("rule then"),
    )  # fmt: skip

    # (saved, planned) stages, where a step has read them under its lock; see services.progress.
    progress: tuple[int, int] | None = None
    # Where a page has read them for all of its parts: its events, rows that belong to it, its answers of one attempt.
    events_read: list[Event] | None = None
    rows_read: Sequence[models.Model] = ()
    answers_read: dict[int, list[Any]] | None = None

    objects = InterviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("interview")
        verbose_name_plural = _("interviews")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["application", "round"], name="one_interview_per_round"),
            models.CheckConstraint(
                condition=Q(state__in=InterviewState.values), name="interview_state_known"
            ),
            models.CheckConstraint(
                condition=Q(window_closes_at__gt=F("window_opens_at")), name="interview_window_has_length"
            ),
            models.CheckConstraint(
                condition=~Q(state=InterviewState.INTERRUPTED) | Q(resume_until__isnull=False),
                name="interrupted_interview_says_until_when",
            ),
            models.CheckConstraint(
                condition=Q(stood_at="") | Q(state=InterviewState.CANCELLED),
                name="interview_stood_where_it_was_cancelled",
            ),
        ]
        indexes = [
            change_index("interview"),
            models.Index(fields=["state", "window_closes_at"], name="interview_by_window"),
            models.Index(fields=["window_opens_at", "id"], name="interview_by_opening_time"),
            models.Index(fields=["window_closes_at", "id"], name="interview_by_closing_time"),
            models.Index(fields=["resume_until", "id"], name="interview_by_return"),
            models.Index(fields=["kind", "id"], name="interview_by_kind"),
            models.Index(fields=["of_opening", "state", "id"], name="interview_by_opening"),
            # A report's stretch of days: when it was over.
            models.Index(
                Coalesce("completed_at", "interrupted_at"),
                name="interview_by_end",
                condition=Q(state__in=[InterviewState.COMPLETED, InterviewState.ABANDONED]),
            ),
            models.Index(
                fields=["resume_until"],
                name="interview_resume_ends",
                condition=Q(state=InterviewState.INTERRUPTED),
            ),
        ]
        triggers = [
            dated("interview"),
            pgtrigger.FSM(name="interview_edges", field="state", transitions=INTERVIEW_STEPS.edges()),
            opening_of("interview_opening"),
            # What people hold takes their time and a room: whatever moves it moves what is booked, in the same step.
            pgtrigger.Trigger(
                name="interview_books",
                when=pgtrigger.After,
                operation=pgtrigger.UpdateOf("state", "window_opens_at", "window_closes_at"),
                condition=pgtrigger.Condition(
                    "NEW.kind = 'people' AND (OLD.state, OLD.window_opens_at, OLD.window_closes_at)"
                    " IS DISTINCT FROM (NEW.state, NEW.window_opens_at, NEW.window_closes_at)"
                ),
                func=BOOKED,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application.candidate} · {self.application.opening}"

    @property
    def planned_stages(self) -> int:
        """How many stages the version has that it is taken under."""
        return self.version.stages.count() if self.progress is None else self.progress[1]

    @property
    def saved_stages(self) -> int:
        """How many stages of this attempt have their checkpoint."""
        if self.progress is None:
            return self.checkpoints.filter(attempt=self.attempt).count()
        return self.progress[0]

    @transition(field=state, **INTERVIEW_STEPS.of("enter"))
    def enter(self, *, at: datetime) -> None:
        """The candidate begins."""
        self.started_at = at

    @transition(
        field=state,
        **INTERVIEW_STEPS.of("interrupt"),
        conditions=[_has_open_stage],
    )
    def interrupt(self, *, at: datetime, resume_until: datetime) -> None:
        """The candidate is gone, and a stage is still open."""
        self.interrupted_at, self.resume_until = at, resume_until

    @transition(field=state, **INTERVIEW_STEPS.of("resume"))
    def resume(self) -> None:
        """The candidate is back."""
        self.resume_until = None

    @transition(
        field=state,
        **INTERVIEW_STEPS.of("complete"),
        conditions=[_all_stages_saved],
    )
    def complete(self, *, at: datetime) -> None:
        """Every stage has its checkpoint, or people held it. Nothing moves the interview from here."""
        self.completed_at, self.resume_until = at, None

    @transition(field=state, **INTERVIEW_STEPS.of("abandon"))
    def abandon(self) -> None:
        """The candidate gave up, or did not return in time although somebody tried to reach them."""
        self.resume_until = None

    @transition(field=state, **INTERVIEW_STEPS.of("miss"))
    def miss(self) -> None:
        """The window ended and nobody came."""

    @transition(field=state, **INTERVIEW_STEPS.of("cancel"))
    def cancel(self) -> None:
        """HR calls it off, or the candidate withdraws."""
        self.resume_until = None

    @transition(field=state, **INTERVIEW_STEPS.of("reschedule"))
    def reschedule(self, *, opens_at: datetime, closes_at: datetime) -> None:
        """A new window; a new attempt unless the old one had not begun."""
        self.window_opens_at, self.window_closes_at = opens_at, closes_at
        self.started_at = self.interrupted_at = self.resume_until = None
        self.stood_at = ""

    @transition(field=state, **INTERVIEW_STEPS.of("reinstate"))
    def reinstate(self, *, at: datetime, resume_until: datetime) -> str:
        """Its application's end was taken back: it is ahead again, or whoever had begun may return until then."""
        has_begun, self.stood_at = self.stood_at != InterviewState.SCHEDULED, ""
        if not has_begun:
            return InterviewState.SCHEDULED
        self.interrupted_at, self.resume_until = self.interrupted_at or at, resume_until
        return InterviewState.INTERRUPTED


class OfInterviewQuerySet(ScopedQuerySet):
    department_lookup = "interview__of_opening__department"


# A vendor or an interviewer tells us now and then, not every ten seconds.
LEASE_ELSEWHERE = timedelta(hours=2)


class Lease(models.Model):
    """Proof of life of one interview: one narrow row, touched by every heartbeat and by nothing else.

    `epoch` fences: only the page that entered last may extend. `expires_at` is deliberately not indexed, so that a
    heartbeat stays a heap-only update; the sweep reads the few live rows through the partial index on `live`.
    """

    interview = models.OneToOneField(
        Interview,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="lease",
        verbose_name=_("interview"),
    )
    epoch = models.PositiveIntegerField(_("epoch"), default=0)
    live = models.BooleanField(_("live"), default=False)
    visible = models.BooleanField(_("visible"), default=True)
    is_leaving = models.BooleanField(_("page was closed"), default=False)
    in_outage = models.BooleanField(_("ran out while we could not hear"), default=False)
    last_seen_at = models.DateTimeField(_("last sign of life"), null=True)
    expires_at = models.DateTimeField(_("expires at"), null=True)

    class Meta:
        verbose_name = _("lease")
        verbose_name_plural = _("leases")
        indexes = [models.Index(fields=["interview"], name="lease_live", condition=Q(live=True))]

    def __str__(self) -> str:
        return f"{self.interview_id} · {self.epoch}"

    @property
    def silent_cause(self) -> ExitCause:
        """What the last sign of life says about an exit that nobody announced.

        Only our own page says how it fell silent: of an interview that is held elsewhere a silence tells no cause.
        """
        if self.in_outage:
            return ExitCause.OUR_OUTAGE
        if self.interview.kind != InterviewKind.ROOM:
            return ExitCause.UNKNOWN
        if self.is_leaving:
            return ExitCause.PAGE_CLOSED
        return ExitCause.NETWORK if self.visible else ExitCause.APP_SWITCHED


class Consent(models.Model):
    """What a candidate agreed to, in which version of the words, and when. Refusing never lowers a score."""

    interview = models.ForeignKey(
        Interview, on_delete=models.CASCADE, related_name="consents", verbose_name=_("interview")
    )
    attempt = models.PositiveSmallIntegerField(_("attempt"))
    kind = models.CharField(
        _("kind"),
        max_length=20,
        choices=[
            ("recording", _("Recording of answers")),
            ("ai_evaluation", _("AI evaluation")),
            ("faces", _("Noting faces before the camera")),
        ],
    )
    version = models.CharField(_("version"), max_length=20)
    given = models.BooleanField(_("given"))
    at = models.DateTimeField(_("at"), auto_now_add=True)

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.get_kind_display()


def live_state_of(interview: Any) -> str:
    """The effective state of a row read through `with_live_state()`, else the stored one."""
    return getattr(interview, "live_state", interview.state)
