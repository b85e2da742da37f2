"""The ledger of what happened and what is owed: read only, but for "run again"."""

from typing import Any

from django.apps import apps
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Min, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import NoReverseMatch, URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import display

from core.admin.base import ModelAdmin
from core.admin.filters import MomentRangeFilter
from core.admin.lists import Lean
from core.errors import DomainError
from core.events import naming
from core.events.models import Event, Reaction, ReactionState
from core.events.relay import run_again
from core.events.signal import DurableSignal
from core.numbers import row_number
from core.searching import MOST_FOUND, Asked

LATEST = 100_000
LOOKS = {"pending": "warning", "done": "success", "failed": "danger"}


def _row(model_label: str, pk: int) -> SafeString | str:
    """A row by its kind and number, as a link where it has a page."""
    name = naming.row_name(model_label, pk)
    try:
        address = reverse(f"admin:{model_label.replace('.', '_')}_change", args=[pk])
    except NoReverseMatch:
        return name
    return format_html('<a href="{}">{}</a>', address, name)


def _event_link(event: Event) -> SafeString:
    address = reverse("admin:events_event_change", args=[event.pk])
    words = naming.event_name(event.kind), naming.row_name(event.subject_type, event.subject_id)
    return format_html('<a href="{}">{} · {}</a>', address, *words)


def _about(typed: str) -> Q:
    """The condition on events: their row, or that of their chain, has this number. Nothing for what is no number."""
    number = row_number(typed)
    if number is None:
        return Q(pk__in=[])
    # The indexes begin with the kind of row.
    kinds = [model._meta.label_lower for model in apps.get_models()]
    return Q(subject_type__in=kinds, subject_id=number) | Q(origin_type__in=kinds, origin_id=number)


class _Ledger(Lean, ModelAdmin):
    """Rows that nobody writes by hand."""

    actions = None
    list_filter_submit = True

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """HR reads the ledger: it says why a chain stands still."""
        return bool(getattr(request.user, "is_hr", False)) and request.user.is_active

    def has_module_permission(self, request: HttpRequest) -> bool:
        """The same people."""
        return self.has_view_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Events are emitted."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """And never edited."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nor deleted."""
        return False


class KindFilter(DropdownFilter):
    """By kind of event."""

    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Every kind that the apps announce."""
        return [(kind, naming.event_name(kind)) for kind in sorted(DurableSignal.registry)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Event]) -> QuerySet[Event]:
        """Those of the chosen kind."""
        return queryset.filter(kind=self.value()) if self.value() else queryset


class UndoneFilter(DropdownFilter):
    """What is not done, or in one state."""

    title = _("state")
    parameter_name = "is"
    unfinished = ("undone", ReactionState.PENDING, ReactionState.FAILED)

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Not done first: it is what one looks for."""
        return [("undone", _("Not done")), *ReactionState.choices]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Reaction]) -> QuerySet[Reaction]:
        """Those in the chosen state."""
        value = self.value()
        if value == "undone":
            return queryset.exclude(state=ReactionState.DONE)
        return queryset.filter(state=value) if value in ReactionState.values else queryset


class EventTimeFilter(MomentRangeFilter):
    """By the time of the event. Events are numbered as they happen: a stretch of time is a stretch of numbers."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Reaction]) -> QuerySet[Reaction]:
        """The reactions to the events of that time, the newest event first."""
        asked = self.asked(request)
        for lookup, moment in asked.items():
            way, bound = ("", "gte") if lookup == "gte" else ("-", "lte")
            edge = Event.objects.filter(**{f"at__{lookup}": moment}).order_by(f"{way}at", f"{way}pk")
            queryset = queryset.filter(**{f"event__{bound}": edge.values("pk")[:1]})
        return queryset.order_by("-event", "-pk") if asked else queryset


class ReceiverFilter(DropdownFilter):
    """By receiver: of what is not done all, of what is done the latest: an index over millions would be too dear."""

    title = _("receiver")
    parameter_name = "name"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Every receiver that is wired."""
        names = {name for signal in DurableSignal.registry.values() for name in signal.durable}
        return [(name, naming.receiver_name(name)) for name in sorted(names)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Reaction]) -> QuerySet[Reaction]:
        """Those of the chosen receiver."""
        if not self.value():
            return queryset
        if request.GET.get(UndoneFilter.parameter_name) not in UndoneFilter.unfinished:
            last = Reaction.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
            queryset = queryset.filter(pk__gt=last - LATEST)
        return queryset.filter(name=self.value())


@admin.register(Event)
class EventAdmin(_Ledger):
    """What happened, newest first, with what is owed for it."""

    list_display = ["at", "kind_label", "subject", "by_label", "undone", "red"]
    list_filter = [KindFilter, ("at", MomentRangeFilter)]
    search_fields = ["=subject_id"]
    ordering = ["-id"]
    fields = readonly_fields = ["at", "kind_label", "subject", "facts", "by_label", "cause"]

    def with_details(self, rows: QuerySet[Event]) -> QuerySet[Event]:
        """With the number of reactions that are not done."""
        return rows.annotate(
            undone=Count("reactions", filter=~Q(reactions__state=ReactionState.DONE)),
            red=Count("reactions", filter=Q(reactions__state=ReactionState.FAILED)),
        )

    def found_by(self, request: HttpRequest, asked: Asked, typed: str) -> Q:
        """Events about a row of this number, or of its chain."""
        return _about(typed)

    @display(description=_("kind"))
    def kind_label(self, event: Event) -> str:
        """What happened, in words."""
        return naming.event_name(event.kind)

    @display(description=_("subject"))
    def subject(self, event: Event) -> SafeString | str:
        """Which row it is about, with the way to it."""
        return _row(event.subject_type, event.subject_id)

    @display(description=_("by"))
    def by_label(self, event: Event) -> str:
        """Who did it."""
        return naming.actor_name(event.by)

    @display(description=_("caused by"), empty_value="–")
    def cause(self, event: Event) -> SafeString | None:
        """The event that it follows from."""
        return _event_link(event.caused_by) if event.caused_by else None

    @display(description=_("not done"))
    def undone(self, event: Any) -> Any:
        """Owed."""
        return event.undone or "–"

    @display(description=_("failed"))
    def red(self, event: Any) -> Any:
        """Waits for a person."""
        return format_html('<span class="hs-red">{}</span>', event.red) if event.red else "–"


@admin.register(Reaction)
class ReactionAdmin(_Ledger):
    """What each receiver owes or did. A red one waits for a person, and blocks only its own pair."""

    nothing_yet = _("Nothing is owed: whatever follows from an event has taken place.")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever runs the machine too: what is owed names rows by kind and number, and tells nothing of them."""
        runs = bool(getattr(request.user, "runs_machine", False)) and request.user.is_active
        return runs or super().has_view_permission(request, obj)

    list_display = [
        "receiver",
        "event_label",
        "state_label",
        "attempts",
        "age",
        "error",
        "next_try_at",
        "run_button",
    ]
    list_select_related = ["event"]
    list_filter = [UndoneFilter, ReceiverFilter, ("event__at", EventTimeFilter)]
    list_before_template = "events/admin/oldest.html"
    only_on_screen = ("run_button",)
    in_copies = {"age": ("event__at",)}
    search_fields = ["=subject_id"]
    ordering = ["-id"]
    fields = readonly_fields = [
        "event_label",
        "receiver",
        "state",
        "attempts",
        "next_try_at",
        "done_at",
        "error",
        "note_words",
        "effects",
    ]

    def found_by(self, request: HttpRequest, asked: Asked, typed: str) -> Q:
        """Reactions to events about a row of this number, or of its chain."""
        events = Event.objects.order_by().filter(_about(typed)).values_list("pk", flat=True)
        return Q(event__in=list(events[:MOST_FOUND]))

    def get_urls(self) -> list[URLPattern]:
        """The address that runs one again."""
        again = path(
            "<int:reaction_id>/again/",
            self.admin_site.admin_view(self.again_view),
            name="events_reaction_again",
        )
        return [again, *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The list, with what is owed and for how long on top."""
        owed = Reaction.objects.exclude(state=ReactionState.DONE).aggregate(
            pending=Count("pk", filter=Q(state=ReactionState.PENDING)),
            failed=Count("pk", filter=Q(state=ReactionState.FAILED)),
            oldest=Min("event__at", filter=Q(state=ReactionState.PENDING)),
        )
        return super().changelist_view(request, {**(extra_context or {}), "owed": owed})

    def again_view(self, request: HttpRequest, reaction_id: int) -> HttpResponse:
        """Run a reaction again at once (POST): harmless, since receivers look at the present."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_view_permission(request):
            raise PermissionDenied
        reaction = get_object_or_404(Reaction, pk=reaction_id)
        try:
            reaction = run_again(reaction_id=reaction.pk)
        except DomainError as error:
            messages.error(request, str(error.message))
        else:
            if reaction.state == ReactionState.DONE:
                messages.success(
                    request, gettext("%(name)s: done.") % {"name": naming.receiver_name(reaction.name)}
                )
            else:
                words = {"name": naming.receiver_name(reaction.name), "error": reaction.error}
                messages.error(request, gettext("%(name)s failed again: %(error)s.") % words)
        return HttpResponseRedirect(self._back(request))

    def _back(self, request: HttpRequest) -> str:
        for address in (request.POST.get("next"), request.headers.get("Referer")):
            if address and url_has_allowed_host_and_scheme(
                address, {request.get_host()}, request.is_secure()
            ):
                return str(address)
        return reverse("admin:events_reaction_changelist")

    @display(description=_("note"), empty_value="–")
    def note_words(self, reaction: Reaction) -> str | None:
        """What it found, in the reader's language: it is kept in English."""
        return gettext(reaction.note) if reaction.note else None

    @display(description=_("event"))
    def event_label(self, reaction: Reaction) -> SafeString:
        """What happened, with the way to it."""
        return _event_link(reaction.event)

    @display(description=_("receiver"))
    def receiver(self, reaction: Reaction) -> str:
        """Whose work it is, in words."""
        return naming.receiver_name(reaction.name)

    @display(description=_("state"), label=LOOKS)
    def state_label(self, reaction: Reaction) -> Any:
        """The state in words."""
        return reaction.state, ReactionState(reaction.state).label

    @display(description=_("age"))
    def age(self, reaction: Reaction) -> str:
        """Since when it is owed; nothing once it is done."""
        return "–" if reaction.state == ReactionState.DONE else timesince(reaction.event.at, timezone.now())

    @display(description=_("run again"))
    def run_button(self, reaction: Reaction) -> SafeString:
        """One POST through the list's own form."""
        markup = '<button type="submit" class="hs-button" formaction="{}" formnovalidate>{}</button>'
        return format_html(
            markup, reverse("admin:events_reaction_again", args=[reaction.pk]), gettext("run again")
        )
