"""The message ledger: what was said to whom, how it went out, and sending once more what could not be sent."""

from typing import Any, cast

from django.contrib import admin, messages
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.contrib.filters.admin import ChoicesDropdownFilter, DropdownFilter
from unfold.decorators import display

from core import contacts
from core.admin.base import ModelAdmin
from core.admin.filters import MomentRangeFilter
from core.admin.lists import Lean
from core.admin.looks import minute
from core.admin.scope import ReadOnly, Scoped
from core.admin.steps import Step, Text, WithSteps
from core.errors import DomainError
from core.events.labels import labels_of
from core.events.naming import row_name
from core.history.models import LookKind
from core.searching import KEY, Asked, ids_matching
from messaging import addressbook
from messaging.admin import looks
from messaging.enums import DeliveryState, MessageState, Settled
from messaging.models import Attempt, Delivery, Message
from messaging.models.messages import MessageQuerySet
from messaging.services import messages as service
from messaging.services import taking_back, telling
from messaging.told import NOT_TOLD, Told, telling_now, telling_of, told_words
from people.actors import person_of
from people.models import User


class DeliveryInline(ReadOnly, TabularInline):
    """The channels that were tried, each with its calls."""

    model = Delivery
    extra = 0
    fields = [
        "seq",
        "channel",
        "state",
        "due_at",
        "accepted_at",
        "provider_id",
        "last_code",
        "unconfirmed",
        "receipt",
        "segments",
        "calls",
    ]
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Delivery]":
        """Deliveries with their calls, in two queries."""
        calls = Prefetch("attempts", queryset=Attempt.objects.order_by("number"))
        return super().get_queryset(request).prefetch_related(calls).order_by("seq")

    @admin.display(description=_("may show twice"), boolean=True)
    def unconfirmed(self, delivery: Delivery) -> bool:
        """It was repeated where no key tells a repeat; or, while it is tried, an earlier call may have been taken."""
        is_open = delivery.state in (DeliveryState.PENDING, DeliveryState.LEASED, DeliveryState.AMBIGUOUS)
        return delivery.is_repeated or (is_open and delivery.is_unconfirmed)

    @admin.display(description=_("calls"))
    def calls(self, delivery: Delivery) -> SafeString:
        """When, with which outcome and which answer."""
        rows = [
            (
                call.number,
                minute(call.started_at),
                call.get_outcome_display(),
                f" · {call.code}" if call.code else "",
            )
            for call in delivery.attempts.all()
        ]
        return format_html_join("", "<div>{}. {} {}{}</div>", rows) if rows else SafeString("–")


class ReachedFilter(DropdownFilter):
    """What nobody was told yet, and waits for somebody; and what they may have twice."""

    title = _("reached")
    parameter_name = "reached"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Those that nobody was told, perhaps nobody, and perhaps twice."""
        return [
            ("nobody", _("Not told: call instead")),
            ("doubt", _("Perhaps sent")),
            ("twice", _("Perhaps shown twice")),
        ]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Message]") -> "QuerySet[Message]":
        """Those that somebody has to see to, or that were repeated where no key tells a repeat."""
        rows = cast("MessageQuerySet", queryset)
        if self.value() == "twice":
            return rows.filter(pk__in=Delivery.objects.filter(is_repeated=True).values("message"))
        if self.value() == "doubt":
            return rows.in_doubt()
        return rows.not_told() if self.value() == "nobody" else rows


def _send_again(request: HttpRequest, message: Message, values: dict[str, Any]) -> Text:
    again = service.send_again(message_id=message.pk, by=person_of(request))
    return _("It is tried again: %(told)s.") % {"told": telling_now(again)}


def _take_back(request: HttpRequest, message: Message, values: dict[str, Any]) -> Text:
    taking_back.take_back(message_id=message.pk, by=person_of(request))
    return _("It is taken back: whoever has not read it cannot read it any more.")


def _lies_in_wecom(message: Message) -> bool:
    # Nothing else is asked for of what was never sent.
    last = message.deliveries.order_by("-seq").first() if message.state == MessageState.ACCEPTED else None
    return taking_back.can_be_taken_back(message, last)


def _has_to_be_told(message: Message) -> bool:
    return message.settled_at is None and telling_of(message).state in (*NOT_TOLD, Told.PERHAPS)


def _can_be_claimed(message: Message) -> bool:
    holder = message.claimed_by
    return _has_to_be_told(message) and (holder is None or not holder.is_active)


def _claim(request: HttpRequest, message: Message, values: dict[str, Any]) -> Text:
    telling.claim(message_id=message.pk, by=person_of(request))
    return _("You tell them. Please say here how it went.")


def _called(request: HttpRequest, message: Message, values: dict[str, Any]) -> Text:
    telling.close(message_id=message.pk, how=Settled.CALLED, by=person_of(request))
    return _("Noted: they know.")


def _unreachable(request: HttpRequest, message: Message, values: dict[str, Any]) -> Text:
    telling.close(message_id=message.pk, how=Settled.UNREACHABLE, by=person_of(request))
    return _("Noted: they could not be reached.")


@admin.register(Message)
class MessageAdmin(Lean, ReadOnly, WithSteps, Scoped, ModelAdmin):
    """Nothing here is edited: the words are kept as they went out."""

    looked_at = LookKind.MESSAGE
    nothing_yet = _("No message yet. Whatever candidates and colleagues are told appears here.")
    list_display = [
        "created_at",
        "audience",
        "recipient_name",
        "kind",
        "subject",
        "channel",
        "shown_state",
        "accepted_at",
    ]
    list_display_links = ["created_at", "subject"]
    list_filter = [
        ReachedFilter,
        ("state", ChoicesDropdownFilter),
        ("audience", ChoicesDropdownFilter),
        ("kind", ChoicesDropdownFilter),
        ("created_at", MomentRangeFilter),
    ]
    list_filter_submit = True
    search_fields = ["user__search_key"]
    sortable_by = ["created_at"]
    ordering = ["-id"]
    inlines = [DeliveryInline]
    actions = ["send_chosen_again"]  # type: ignore[assignment]
    steps = (
        Step("claim", _("I will call"), _claim, look="primary", offered=_can_be_claimed),
        Step("called", _("Told by phone"), _called, offered=_has_to_be_told),
        Step("unreachable", _("Could not be reached"), _unreachable, offered=_has_to_be_told),
        Step(
            "send-again",
            _("Send again"),
            _send_again,
            look="primary",
            offered=lambda message: message.state in MessageState.stuck and message.text_gone_at is None,
        ),
        Step("take-back", _("Take back in WeCom"), _take_back, offered=_lies_in_wecom),
    )
    # Two in a line: more of them leave no room for a date.
    fields = [
        ("kind", "audience"), ("recipient_name", "language"), "subject", "text", ("state_words", "told"),
        ("seen_to", "call"), ("created_at", "due_at"), ("accepted_at", "expires_at"), ("belongs_to", "coalesced_into"),
    ]  # fmt: skip
    readonly_fields = [
        "kind", "audience", "recipient_name", "language", "subject", "text", "state_words", "told", "seen_to", "call",
        "created_at", "due_at", "accepted_at", "expires_at", "belongs_to", "coalesced_into",
    ]  # fmt: skip

    def with_details(self, rows: "QuerySet[Message]") -> "QuerySet[Message]":
        """With the channel of each message's last delivery, and who tells what reached nobody."""
        return cast("MessageQuerySet", rows).with_telling().select_related("claimed_by")

    def found_by(self, request: HttpRequest, asked: Asked, typed: str) -> Q:
        """The messages to whoever is found in one of the address books, colleagues first."""
        found = Q(user__in=ids_matching(User, asked))
        for model in addressbook.models():
            if any(field.name == KEY for field in model._meta.fields):
                ids = ids_matching(model, asked)
                found |= Q(addressee_type=model._meta.label_lower, addressee_id__in=ids)
        return found

    def has_send_permission(self, request: HttpRequest) -> bool:
        """Who may take the step "send again"."""
        return self.has_step_permission(request)

    @admin.display(description=_("text as sent"))
    def text(self, message: Message) -> SafeString:
        """The body; the place of a room link shows that there was one."""
        return looks.body(message)

    @admin.display(description=_("belongs to"))
    def belongs_to(self, message: Message) -> SafeString | str:
        """The row whose story the message is part of, as a link to its page."""
        origin = message.origin
        if origin is None:
            return "–"
        name = labels_of([origin]).get(origin, row_name(*origin))
        try:
            address = reverse(f"admin:{origin.type.replace('.', '_')}_change", args=[origin.id])
        except NoReverseMatch:
            return name
        return format_html('<a href="{}">{}</a>', address, name)

    @admin.display(description=_("channel"))
    def channel(self, message: Message) -> Any:
        """The last channel tried."""
        name = getattr(message, "channel", None)
        return Delivery(channel=name).get_channel_display() if name else "–"

    @display(description=_("state"), label=looks.MESSAGE)
    def shown_state(self, message: Message) -> tuple[str, str]:
        """Whether they were told, as a badge."""
        return message.state, str(telling_of(message).state.label)

    @admin.display(description=_("state"))
    def state_words(self, message: Message) -> str:
        """Whether they were told, in words: a badge is for lists."""
        return str(telling_of(message).state.label)

    @admin.display(description=_("told"))
    def told(self, message: Message) -> str:
        """What became of it, with channel and time."""
        return told_words(message)

    @admin.display(description=_("seen to"))
    def seen_to(self, message: Message) -> str:
        """Of one that reached nobody: who saw to it, and when."""
        by = [str(message.claimed_by)] if message.claimed_by else []
        if message.settled_at is None:
            return by[0] if by else looks.reason(message.cancelled_reason) or "–"
        return " · ".join([message.get_settled_how_display(), *by, minute(message.settled_at)])

    @admin.display(description=_("call instead"))
    def call(self, message: Message) -> SafeString | str:
        """The number of whom nobody told."""
        person = message.recipient if _has_to_be_told(message) else None
        if person is None:
            return "–"
        if not person.phone:
            return gettext("no number on file")
        return format_html('<a href="tel:{}">{}</a>', person.phone, contacts.shown(person.phone))

    @admin.action(description=_("Send again"), permissions=["send"])
    def send_chosen_again(self, request: HttpRequest, queryset: "QuerySet[Message]") -> None:
        """Send once more those of the chosen that could not be sent; the others are named and left alone."""
        sent = 0
        for message_id in queryset.order_by("pk").values_list("pk", flat=True):
            try:
                service.send_again(message_id=message_id, by=person_of(request))
            except DomainError as error:
                self.message_user(request, f"{message_id}: {error.message}", messages.WARNING)
            else:
                sent += 1
        self.message_user(
            request,
            ngettext("%(count)s message is tried again.", "%(count)s messages are tried again.", sent)
            % {"count": sent},
            messages.SUCCESS,
        )
