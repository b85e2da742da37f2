"""Message: what somebody must be told, in the words in which they are told it."""

from datetime import timedelta
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import JSONObject
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.changes import Dated, change_index, dated
from core.sealed.fields import SealedWordsField, only_sealed
from messaging import kinds
from messaging.addressbook import Entry, entry_of, look_up
from messaging.enums import MessageState, Settled
from messaging.refs import Ref, ref

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from people.models import User


# What was promised within a minute, and no channel has taken for longer, has not been told.
PATIENCE = timedelta(minutes=1)


class MessageQuerySet(models.QuerySet["Message"]):
    """Messages, by who may read them and by what they are about."""

    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """The messages of the kinds that the user may read: HR reads all but those that say otherwise, others none."""
        readable, everything = kinds.readable_by(user)
        if everything:
            return self.all()
        return self.filter(kind__in=readable) if readable else self.none()

    def about(self, topic: models.Model | Ref) -> Self:
        """The messages about one row itself."""
        named = topic if isinstance(topic, Ref) else ref(topic)
        return self.filter(topic_type=named.type, topic_id=named.id)

    def belonging_to(self, origin: models.Model | Ref) -> Self:
        """The messages about a row and about whatever hangs on it."""
        named = origin if isinstance(origin, Ref) else ref(origin)
        return self.filter(origin_type=named.type, origin_id=named.id)

    def to(self, person: models.Model) -> Self:
        """The messages for somebody in the address book."""
        whom = entry_of(person)
        if whom.user_id is not None:
            return self.filter(user=whom.user_id)
        return self.filter(addressee_type=whom.ref.type, addressee_id=whom.ref.id)

    def with_channel(self) -> Self:
        """Annotate `channel`: that of the last delivery, None when there is none."""
        from messaging.models.deliveries import Delivery  # noqa: PLC0415 -- deliveries stand on messages

        last = Delivery.objects.filter(message=OuterRef("pk")).order_by("-seq")
        return self.annotate(channel=Subquery(last.values("channel")[:1]))

    def with_telling(self) -> Self:
        """Annotate what `messaging.told` reads of the last delivery, and `channel`."""
        from messaging.models.deliveries import Delivery  # noqa: PLC0415 -- deliveries stand on messages

        last = Delivery.objects.filter(message=OuterRef("pk")).order_by("-seq")
        named = {
            "channel": "channel",
            "provider_id": "provider_id",
            "last_code": "last_code",
            "next_try": "due_at",
        }
        said = last.values(said=JSONObject(**named))
        return self.with_channel().annotate(last_delivery=Subquery(said[:1]))

    def not_told(self) -> Self:
        """Those whose reader does not know, and that nobody has seen to: they failed on every channel there was, or had
        none, or no channel has taken them for PATIENCE, though they are still tried."""
        refused = Q(refused_at__lte=timezone.now() - PATIENCE, state__in=MessageState.under_way)
        return self.filter(Q(state=MessageState.FAILED) | refused, settled_at=None)

    def in_doubt(self) -> Self:
        """Those that a provider may have taken and nobody knows, and that nobody has seen to."""
        return self.filter(state=MessageState.AMBIGUOUS, settled_at=None)

    def unsent(self) -> Self:
        """Those that wait and may still be called off."""
        return self.filter(state=MessageState.PLANNED)


class Message(Dated):
    """One message to one person, its words frozen when it was decided on.

    For a colleague's account (`user`), or for a row of another address book (`addressee`). `idem_key` says which need
    it answers: deciding twice on the same need makes one message. `topic` is the row it is about, so that what is
    overtaken there can be called off; `origin` the row whose whole story it belongs to, as events have it. The body
    holds no placeholder's value: the mark stands there, and what it stands for is made for each try, or kept beside it.
    `refused_at`: when a channel first did not take it. `claimed_by`: the colleague who tells them another way.
    `text_gone_at`: the body is empty since, before the message itself goes.
    """

    kind = models.CharField(_("kind"), max_length=30, choices=kinds.choices)
    audience = models.CharField(_("audience"), max_length=12, choices=kinds.audience_choices)
    user = models.ForeignKey(
        "people.User",
        on_delete=models.PROTECT,
        null=True,
        db_index=False,
        related_name="+",
        verbose_name=_("colleague"),
    )
    addressee_type = models.CharField(max_length=60, blank=True)
    addressee_id = models.BigIntegerField(null=True)
    recipient_name = models.CharField(_("to"), max_length=100)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    topic_type = models.CharField(max_length=60, blank=True)
    topic_id = models.BigIntegerField(null=True)
    origin_type = models.CharField(max_length=60, blank=True)
    origin_id = models.BigIntegerField(null=True)
    event = models.ForeignKey(
        "events.Event", on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("event")
    )
    subject = models.CharField(_("subject line"), max_length=200)
    body = SealedWordsField(_("text"))
    state = models.CharField(_("state"), max_length=10, choices=MessageState, default=MessageState.PLANNED)
    due_at = models.DateTimeField(_("due at"))
    expires_at = models.DateTimeField(_("useless after"), null=True)
    coalesced_into = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("part of")
    )
    cancelled_reason = models.CharField(_("why it was not sent"), max_length=60, blank=True)
    idem_key = models.CharField(max_length=160, unique=True, editable=False)
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    accepted_at = models.DateTimeField(_("sent at"), null=True)
    settled_at = models.DateTimeField(_("seen to at"), null=True)
    settled_how = models.CharField(_("seen to"), max_length=12, choices=Settled, blank=True)
    refused_at = models.DateTimeField(_("first not taken at"), null=True)
    claimed_by = models.ForeignKey(
        "people.User",
        on_delete=models.SET_NULL,
        null=True,
        db_index=False,
        related_name="+",
        verbose_name=_("told by"),
    )

    text_gone_at = models.DateTimeField(_("text deleted on"), null=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=MessageState.values), name="message_state_known"),
            only_sealed("body", "message_body_is_sealed"),
            models.CheckConstraint(
                condition=Q(user__isnull=False, addressee_type="", addressee_id__isnull=True)
                | Q(user__isnull=True, addressee_id__isnull=False) & ~Q(addressee_type=""),
                name="message_has_one_recipient",
            ),
            models.CheckConstraint(
                condition=Q(state=MessageState.ACCEPTED, accepted_at__isnull=False)
                | ~Q(state=MessageState.ACCEPTED) & Q(accepted_at__isnull=True),
                name="message_accepted_says_when",
            ),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True, settled_how="")
                | Q(settled_at__isnull=False, settled_how__in=Settled.values),
                name="message_settled_says_how",
            ),
        ]
        indexes = [
            change_index("message"),
            models.Index(fields=["origin_type", "origin_id", "id"], name="message_by_origin"),
            models.Index(fields=["topic_type", "topic_id", "id"], name="message_by_topic"),
            models.Index(
                fields=["addressee_type", "addressee_id", "id"],
                name="message_by_addressee",
                condition=Q(addressee_id__isnull=False),
            ),
            models.Index(fields=["user", "id"], name="message_by_user", condition=Q(user__isnull=False)),
            models.Index(fields=["state", "id"], name="message_by_state"),
            models.Index(fields=["kind", "id"], name="message_by_kind"),
            models.Index(fields=["audience", "id"], name="message_by_audience"),
            models.Index(fields=["created_at", "id"], name="message_by_time"),
            # Whose text goes next.
            models.Index(
                fields=["created_at", "id"], name="message_with_text", condition=Q(text_gone_at__isnull=True)
            ),
            # What nobody was told and waits for somebody: a handful, however long the ledger.
            models.Index(
                fields=["origin_type", "origin_id", "id"],
                name="message_not_told",
                condition=(
                    Q(state=MessageState.FAILED)
                    | Q(refused_at__isnull=False, state__in=MessageState.under_way)
                )
                & Q(settled_at__isnull=True),
            ),
            # What became part of another and may have to be said after all: looked for every few minutes.
            models.Index(
                fields=["due_at"], name="message_coalesced", condition=Q(state=MessageState.COALESCED)
            ),
        ]
        triggers = [dated("message")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.recipient_name}"

    @property
    def topic(self) -> Ref | None:
        """The row it is about."""
        return None if self.topic_id is None else Ref(self.topic_type, self.topic_id)

    @property
    def origin(self) -> Ref | None:
        """The row whose story it belongs to."""
        return None if self.origin_id is None else Ref(self.origin_type, self.origin_id)

    @property
    def recipient(self) -> Entry | None:
        """Whom it is for, as they are reached now; None when they are gone."""
        if self.user is not None:
            return entry_of(self.user)
        assert self.addressee_id is not None  # noqa: S101 -- the table's check says so
        return look_up(Ref(self.addressee_type, self.addressee_id))

    @property
    def shown_body(self) -> str:
        """The text as the ledger shows it: what is never kept is shown as something that was there, and so is a text
        whose time was over."""
        if self.text_gone_at is not None:
            day = date_format(timezone.localtime(self.text_gone_at), "Y-m-d")
            return gettext("[The text was deleted on %(day)s, when its time was over.]") % {"day": day}
        return _shown(kinds.as_sent(self.body))

    @property
    def body_now(self) -> str:
        """`shown_body`, but for what has become of it since it went out."""
        return self.shown_body if self.text_gone_at is not None else _shown(kinds.as_of_now(self))


def _shown(body: str) -> str:
    for placeholder in kinds.placeholders():
        body = body.replace(placeholder.mark, placeholder.shown())
    return body
