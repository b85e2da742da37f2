"""How long recordings are kept: what will be deleted when, what was deleted and why, and deleting now."""

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.contrib.admin.models import DELETION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import (
    BigIntegerField,
    CharField,
    OuterRef,
    QuerySet,
    Subquery,
    Sum,
)
from django.db.models.functions import Cast, Coalesce
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter, DropdownFilter
from unfold.decorators import display

from core.admin import fields, looks
from core.admin.base import ModelAdmin
from core.admin.filters import MomentRangeFilter
from core.admin.lists import Lean
from core.admin.scope import ReadOnly, Scoped
from core.admin.steps import Step, StepForm, Text, WithSteps
from core.counts import size_of
from people.actors import person_of
from people.rules import is_lead
from recruitment import queries
from recruitment.enums import DeletionReason, Medium, RecordingState, Standing
from recruitment.models import Chunk, Segment
from recruitment.recordings import retention
from recruitment.recordings.services import deletions

SOON = timedelta(days=7)
MOST_OPENINGS = 12
# How the page of an interview asks for its own.
OF_INTERVIEW = "answer__interview__id__exact"
MEDIA = {"playable": "success", "pending": "info", "broken": "danger"}


class KeptFilter(DropdownFilter):
    """What is to be seen. The page opens with what is stored, the next to be deleted first."""

    title = _("to see")
    parameter_name = "kept"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The ways to cut the list."""
        return [
            ("soon", _("Deleted within 7 days")),
            ("deleted", _("Already deleted")),
            ("all", _("All of them")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Segment]) -> QuerySet[Segment]:
        """What is stored, unless asked for something else or for one record."""
        asked = self.value()
        if asked == "all" or request.GET.get(OF_INTERVIEW):
            return queryset
        if asked == "deleted":
            return queryset.filter(deleted_at__isnull=False).order_by("-deleted_at", "-pk")
        queryset = queryset.filter(deleted_at__isnull=True).order_by("deletion_due", "pk")
        return queryset.filter(retention.due_until(timezone.now() + SOON)) if asked == "soon" else queryset


class ReasonForm(StepForm):
    """Why before its time."""

    reason = fields.words(_("reason"), max_length=deletions.LONGEST_REASON)


def _delete(request: HttpRequest, segment: Segment, data: dict[str, Any]) -> Text:
    deletions.delete_with_reason(segment_id=segment.pk, reason=data["reason"], by=person_of(request))
    return _("The recording is no longer played; its bytes are deleted within minutes.")


def place_words(row: Any, segment: Segment) -> str:
    """Where a recording belongs: stage, question and number. `row` was read with `queries.places`."""
    words = {"stage": row.stage_place, "question": row.question_place, "number": segment.number + 1}
    return gettext("stage %(stage)s, question %(question)s, recording %(number)s") % words


@admin.register(Segment)
class SegmentAdmin(Lean, Scoped, WithSteps, ReadOnly, ModelAdmin):
    """The recordings and when each is deleted. Texts, scores and the fact that something was recorded stay."""

    nothing_yet = _("Nothing is recorded yet. What candidates say appears here while they say it.")
    steps = (
        Step(
            "delete",
            _("Delete now"),
            _delete,
            form=ReasonForm,
            in_list=True,
            look="danger",
            offered=lambda segment: not segment.deletion_reason,
            words=_(
                "From now on nobody can play it, and its bytes are deleted. Texts and scores stay. "
                "This cannot be undone."
            ),
        ),
    )
    list_before_template = "recruitment/admin/recordings_head.html"
    list_display = [
        "candidate",
        "question",
        "recorded",
        "medium_label",
        "size",
        "state_label",
        "deletion",
        "step_buttons",
    ]
    list_display_links = ["recorded"]
    list_filter = [
        KeptFilter,
        ("answer__interview__application__opening", AutocompleteSelectFilter),
        ("standing", ChoicesDropdownFilter),
        ("deletion_reason", ChoicesDropdownFilter),
        ("opened_at", MomentRangeFilter),
    ]
    list_filter_submit = True
    also_by = (OF_INTERVIEW,)
    search_fields = [
        "answer__interview__application__candidate__search_key",
        "answer__interview__application__opening__search_key",
    ]
    sortable_by = ["recorded"]
    in_copies = {
        "recorded": ("opened_at",),
        "deletion": ("deletion_due", "deleted_at", "deletion_reason"),
    }
    fields = readonly_fields = [
        "candidate",
        "question",
        "recorded",
        "mime",
        "size",
        "standing",
        "state_words",
        "deletion",
        "deleted_by",
    ]

    def with_details(self, rows: Any) -> QuerySet[Segment]:
        """With size, due day, and the words of whoever deleted one before its time."""
        size = Chunk.objects.filter(segment=OuterRef("pk")).order_by().values("segment")
        why = LogEntry.objects.filter(
            content_type=ContentType.objects.get_for_model(Segment),
            object_id=Cast(OuterRef("pk"), CharField()),
            action_flag=DELETION,
        ).order_by("-id")
        return rows.select_related(
            "answer__question__stage",
            "answer__interview__application__candidate",
            "answer__interview__application__opening",
            "recording",
        ).annotate(
            **queries.places("answer__question"),
            byte_count=Coalesce(
                Subquery(size.annotate(n=Sum("bytes")).values("n"), output_field=BigIntegerField()), 0
            ),
            why=Subquery(why.values("change_message")[:1]),
            by_name=Subquery(why.values("user__name")[:1]),
        )

    def has_step_permission(self, request: HttpRequest) -> bool:
        """Deleting before the time is the lead's; the service asks again."""
        return super().has_step_permission(request) and is_lead(request.user)  # type: ignore[arg-type]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The list, with the figures and each opening's next deletion on top."""
        mine = Segment.objects.visible_to(request.user)
        kept = mine.filter(deleted_at__isnull=True)
        figures = {
            "kept": size_of(kept).shown,
            "soon": size_of(kept.filter(retention.due_until(timezone.now() + SOON))).shown,
            "deleted": size_of(mine.filter(deleted_at__isnull=False)).shown,
        }
        due = [
            {"row": opening, "first": opening.first}
            for opening in retention.due_by_opening(person_of(request), most=MOST_OPENINGS)
        ]
        context = {
            **(extra_context or {}),
            "figures": figures,
            "due": sorted(due, key=lambda each: each["first"]),
        }
        return super().changelist_view(request, context)

    @display(description=_("candidate"))
    def candidate(self, segment: Segment) -> Any:
        """Who, for what, and the way to the interview, where it is played."""
        interview = segment.answer.interview
        address = reverse("admin:recruitment_interview_change", args=[interview.pk])
        return format_html(
            '<a href="{}?attempt={}#panel-recordings">{}</a><br><small>{}</small>',
            address,
            segment.answer.attempt,
            interview.application.candidate,
            interview.application.opening,
        )

    @display(description=_("question"))
    def question(self, segment: Segment) -> str:
        """Stage and question by number."""
        return place_words(segment, segment)

    @display(description=_("recorded at"), ordering="opened_at")
    def recorded(self, segment: Segment) -> str:
        """When its first piece came."""
        return looks.minute(segment.opened_at)

    @display(description=_("medium"), empty_value="–")
    def medium_label(self, segment: Segment) -> Any:
        """Video or audio, and how long."""
        recording = getattr(segment, "recording", None)
        medium = segment.medium
        if not medium:
            return None
        label = str(Medium(medium).label)
        if recording is None or recording.seconds is None:
            return label
        length = gettext("%(seconds)s s") % {"seconds": round(recording.seconds)}
        return f"{label} · {length}"

    @display(description=_("size"))
    def size(self, segment: Any) -> str:
        """Of all its pieces as they came."""
        return filesizeformat(segment.byte_count)

    @display(description=_("state"), label=MEDIA)
    def state_label(self, segment: Segment) -> Any:
        """Whether it plays, and whether it is part of the answer."""
        if segment.deleted_at is not None:
            return "", gettext("Deleted")
        if segment.deletion_reason:
            return "", gettext("Being deleted")
        recording = getattr(segment, "recording", None)
        state = recording.state if recording is not None else RecordingState.PENDING
        label = RecordingState(state).label
        apart = gettext("kept apart")
        return state, label if segment.standing == Standing.TAKEN else f"{label} · {apart}"

    @display(description=_("state"))
    def state_words(self, segment: Segment) -> str:
        """The same, where no colours are."""
        return str(self.state_label(segment)[1])

    @display(description=_("deletion"))
    def deletion(self, segment: Any) -> Any:
        """When it will be deleted, or when it was and why."""
        if segment.deletion_reason:
            reason = DeletionReason(segment.deletion_reason).label
            when = looks.minute(segment.deleted_at) if segment.deleted_at else gettext("within minutes")
            more = f"{segment.by_name}: {segment.why}" if segment.why else ""
            return format_html("{}<br><small>{} {}</small>", when, reason, more)
        left = (segment.deletion_due - timezone.now()) // timedelta(days=1)
        words = (
            ngettext("in %(days)s day", "in %(days)s days", left) % {"days": left}
            if left > 0
            else gettext("within a day")
        )
        return format_html(
            '<span class="{}">{}</span><br><small>{}</small>',
            "hs-red" if left < SOON.days else "",
            looks.minute(segment.deletion_due),
            words,
        )

    @display(description=_("deleted before its time by"), empty_value="–")
    def deleted_by(self, segment: Any) -> Any:
        """Who and why."""
        return f"{segment.by_name}: {segment.why}" if segment.why else None
