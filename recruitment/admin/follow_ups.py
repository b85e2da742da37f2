"""The follow-up queue: who has to be called, by when, and what came of it; one click each."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.db.models import (
    CharField,
    Count,
    Exists,
    IntegerField,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce, NullIf
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter, DropdownFilter
from unfold.decorators import display

from core import contacts
from core.admin import looks, masking
from core.admin.base import ModelAdmin
from core.admin.filters import MomentRangeFilter
from core.admin.lists import Lean
from core.admin.many import WithMany
from core.admin.panels import WithPanels
from core.admin.scope import ReadOnly, Scoped
from core.admin.steps import WithSteps, button
from core.figures import Basis
from core.history.models import LookKind
from messaging.told import tellings
from recruitment import colours
from recruitment.admin import follow_up_steps
from recruitment.enums import ContactChannel, ExitCause, FollowUpKind, FollowUpState, Outcome
from recruitment.evaluation.admin import reports
from recruitment.models import ContactAttempt, Decision, FollowUp
from recruitment.services import days_off, untold

MINUTES_OF_A_DAY = 24 * 60
# From here on nobody counts in hours.
LONG_MINUTES = 3 * MINUTES_OF_A_DAY


class WorkFilter(DropdownFilter):
    """What is to be done. The queue opens with everything unfinished."""

    title = _("to do")
    parameter_name = "work"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The ways to cut the queue."""
        return [
            ("mine", _("Mine")),
            ("overdue", _("Overdue")),
            ("unclaimed", _("Not claimed")),
            ("all", _("With closed")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[FollowUp]) -> QuerySet[FollowUp]:
        """Unfinished unless asked for more; with the closed ones, the latest first."""
        asked = self.value()
        if asked == "all" or request.GET.get("state__exact"):
            return queryset.order_by("-due_at", "-id")
        queryset = queryset.filter(state__in=FollowUpState.unfinished)
        if asked == "mine":
            return queryset.filter(assignee=request.user.pk)
        if asked == "overdue":
            return queryset.filter(due_at__lt=timezone.now())
        return queryset.filter(state=FollowUpState.OPEN) if asked == "unclaimed" else queryset


@admin.register(FollowUp)
class FollowUpAdmin(Lean, Scoped, WithMany, WithSteps, WithPanels, ReadOnly, ModelAdmin):
    """The queue. Unfinished first, by the promised time; closed ones behind the filter."""

    nothing_yet = _("Nobody waits for a call. When somebody leaves an interview, it appears here at once.")
    steps = follow_up_steps.STEPS
    change_form_template = "recruitment/admin/follow_up.html"
    list_before_template = "recruitment/admin/queue_head.html"
    only_on_screen = ("to_do",)
    personal = ("reach",)
    in_copies = {"due": ("due_at",), "tries": ("times_tried", "last_tried")}
    looked_at = LookKind.PAGE
    list_display = [
        "candidate",
        "reach",
        "due",
        "opening",
        "cause",
        "assigned",
        "tries",
        "state_label",
        "to_do",
    ]
    list_display_links = ["candidate"]
    list_filter = [
        WorkFilter,
        ("kind", ChoicesDropdownFilter),
        ("state", ChoicesDropdownFilter),
        ("assignee", AutocompleteSelectFilter),
        ("interview__application__opening", AutocompleteSelectFilter),
        ("due_at", MomentRangeFilter),
    ]
    list_filter_submit = True
    list_fullwidth = True
    search_fields = [
        "interview__application__candidate__search_key",
        "interview__application__opening__search_key",
    ]
    fields: list[str] = []

    def get_queryset(self, request: HttpRequest) -> QuerySet[FollowUp]:
        """The first that is due first."""
        rows: Any = super().get_queryset(request)
        return rows.with_overdue().order_by("due_at", "id")

    def with_details(self, rows: QuerySet[FollowUp]) -> QuerySet[FollowUp]:
        """With what the row shows: the cause, tries, and the question that waits for a person."""
        asked = (
            Decision.objects.waiting()
            .filter(assessment__interview=OuterRef("interview"), assessment__basis__in=Basis.estimates)
            .order_by("-id")
        )
        tries = ContactAttempt.objects.filter(follow_up=OuterRef("pk")).order_by().values("follow_up")
        return rows.select_related(
            "interview__application__candidate",
            "interview__application__opening__specialist",
            "assignee",
            "exit",
        ).annotate(
            cause_now=Coalesce(
                NullIf("exit__corrected_cause", Value("")), "exit__cause", output_field=CharField()
            ),
            tried=Coalesce(
                Subquery(tries.annotate(n=Count("pk")).values("n"), output_field=IntegerField()), 0
            ),
            last_try=Subquery(tries.annotate(last=Max("at")).values("last")),
            decision_asked=Subquery(asked.values("pk")[:1]),
            is_untold=Exists(untold.not_told().filter(origin_id=OuterRef("interview"))),
        )

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The queue, with its figures on top."""
        unfinished = FollowUp.objects.visible_to(request.user).filter(state__in=FollowUpState.unfinished)
        figures = unfinished.aggregate(
            unfinished=Count("pk"),
            overdue=Count("pk", filter=Q(due_at__lt=timezone.now())),
            unclaimed=Count("pk", filter=Q(state=FollowUpState.OPEN)),
            mine=Count("pk", filter=Q(assignee=request.user.pk)),
        )
        return super().changelist_view(request, {**(extra_context or {}), "figures": figures})

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The page of one follow-up: what happened, what was tried, and what may be done, a button each."""
        context = dict(extra_context or {})
        if request.method == "GET" and self.has_view_permission(request):
            follow_up: Any = self.get_object(request, unquote(object_id))
            if follow_up is not None:
                context |= self._page(follow_up)
                # Whoever calls sees whom: the follow-up is the reason.
                if not self.has_step_permission(request):
                    masking.hide([context["candidate"]])
        return super().change_view(request, object_id, form_url, context)

    def _page(self, follow_up: Any) -> dict[str, Any]:
        decision = (
            Decision.objects.filter(pk=follow_up.decision_asked).first() if follow_up.decision_asked else None
        )
        return {
            "follow_up": follow_up,
            "candidate": follow_up.interview.application.candidate,
            "is_open": follow_up.state in FollowUpState.unfinished,
            "due_words": due_words(follow_up),
            "tries": list(follow_up.contact_attempts.select_related("by")),
            "is_promised": follow_up.kind not in FollowUpKind.unpromised,
            "window": _window(follow_up.interview),
            "instead": _instead(follow_up),
            "causes": ExitCause.choices,
            "channels": ContactChannel.choices,
            "outcomes": [(value, Outcome(value).label) for value in Outcome.by_people],
            "decision": decision,
            "report": reports.whole(decision.assessment_id) if decision else None,
            "saved": follow_up.interview.saved_stages,
            "planned": follow_up.interview.planned_stages,
            "untold": tellings(untold.not_told_of([follow_up.interview_id])),
            "step_urls": {
                step.name.replace("-", "_"): self.step_url(follow_up, step.name) for step in self.all_steps
            },
        }

    @display(description=_("candidate"))
    def candidate(self, follow_up: FollowUp) -> Any:
        """Who."""
        return format_html("<b>{}</b>", follow_up.interview.application.candidate.name)

    @display(description=_("how to reach"), empty_value="–")
    def reach(self, follow_up: FollowUp) -> str | None:
        """The number, else the address: masked in the list, in full on the page."""
        person = follow_up.interview.application.candidate
        return contacts.shown(person.phone) or person.email or None

    @display(description=_("opening"))
    def opening(self, follow_up: FollowUp) -> str:
        """For what."""
        return str(follow_up.interview.application.opening)

    @display(description=_("promised by"))
    def due(self, follow_up: Any) -> Any:
        """In words; red when overdue."""
        words, moment = due_words(follow_up), looks.minute(follow_up.due_at)
        return format_html(
            '<span class="hs-due {}">{}</span><br><small>{}</small>',
            "hs-red" if follow_up.overdue else "",
            words,
            moment,
        )

    @display(description=_("cause"))
    def cause(self, follow_up: Any) -> Any:
        """As corrected, else as noticed; of a request for contact, the candidate's words. And what was not told."""
        words = follow_up.note if follow_up.cause_now is None else ""
        if follow_up.is_untold and follow_up.state in FollowUpState.unfinished:
            words = gettext("a message did not arrive: tell them by phone")
        if follow_up.kind == FollowUpKind.DAY_OFF:
            words = _window(follow_up.interview)
        cause = follow_up.get_kind_display()
        if follow_up.cause_now is not None:
            cause = ExitCause(follow_up.cause_now).label
        return format_html("{}<br><small>{}</small>", cause, words) if words else cause

    @display(description=_("assignee"))
    def assigned(self, follow_up: FollowUp) -> str:
        """Who calls."""
        return str(follow_up.assignee)

    @display(description=_("contact tries"))
    def tries(self, follow_up: Any) -> Any:
        """How often somebody tried, and when last."""
        if not follow_up.tried:
            return gettext("none yet")
        return format_html(
            "{}<br><small>{}</small>",
            gettext("%(count)s×") % {"count": follow_up.tried},
            looks.minute(follow_up.last_try),
        )

    @display(description=_("contact tries"))
    def times_tried(self, follow_up: Any) -> int:
        """How often."""
        return int(follow_up.tried)

    @display(description=_("last contact try"), empty_value="–")
    def last_tried(self, follow_up: Any) -> datetime | None:
        """When last."""
        last: datetime | None = follow_up.last_try
        return last

    @display(description=_("state"), label=colours.FOLLOW_UP)
    def state_label(self, follow_up: FollowUp) -> Any:
        """State, and the outcome of a closed one."""
        label = FollowUpState(follow_up.state).label
        return follow_up.state, f"{label} · {follow_up.get_outcome_display()}" if follow_up.outcome else label

    @display(description=_("next step"))
    def to_do(self, follow_up: Any) -> Any:
        """One click each."""
        if follow_up.state not in FollowUpState.unfinished:
            return "–"
        links = button(
            _("Reschedule"),
            reverse("admin:recruitment_interview_step", args=[follow_up.interview_id, "reschedule"]),
            asks=True,
        )
        if follow_up.decision_asked:
            address = reverse("admin:recruitment_decision_step", args=[follow_up.decision_asked, "invite"])
            links += button(_("Invite on this estimate"), address, asks=True)
        return format_html('<div class="hs-steps">{}{}</div>', self.step_buttons(follow_up), links)


def _window(interview: Any) -> str:
    return looks.span(interview.window_opens_at, interview.window_closes_at)


def _instead(follow_up: Any) -> str:
    """The window on working days that one click gives; "" where none is needed."""
    if follow_up.state == FollowUpState.CLOSED or follow_up.kind != FollowUpKind.DAY_OFF:
        return ""
    found = days_off.fallen([follow_up.interview]).get(follow_up.interview_id)
    return looks.span(found.opens_at, found.closes_at) if found else ""


def due_words(follow_up: Any) -> str:
    """How long is left, or since when it is late."""
    if follow_up.state == FollowUpState.CLOSED:
        return gettext("closed")
    minutes = int((follow_up.due_at - timezone.now()).total_seconds() // 60)
    hours, rest = divmod(abs(minutes), 60)
    if minutes >= LONG_MINUTES:
        days = minutes // MINUTES_OF_A_DAY
        return ngettext("%(days)s day left", "%(days)s days left", days) % {"days": days}
    if minutes < 0:
        return gettext("%(hours)s h %(minutes)s min overdue") % {"hours": hours, "minutes": rest}
    return gettext("%(hours)s h %(minutes)s min left") % {"hours": hours, "minutes": rest}
