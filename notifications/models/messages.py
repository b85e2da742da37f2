"""Message: what somebody must be told, in the words in which they are told it."""

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from notifications.enums import Audience, Kind, MessageState

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from people.models import User
    from recruitment.models import Candidate

# Stands in the body for the candidate's way back; the link itself exists only in the mail that is sent.
ROOM_LINK = "{room_link}"


class MessageQuerySet(models.QuerySet["Message"]):
    """Messages, by who may read them and by what they are about."""

    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """HR: the whole ledger. Others: nothing."""
        if user.is_authenticated and user.is_active and user.is_hr:
            return self.all()
        return self.none()

    def with_channel(self) -> Self:
        """Annotate `channel`: that of the last delivery, None when there is none."""
        from notifications.models.deliveries import Delivery  # noqa: PLC0415 -- deliveries stand on messages

        last = Delivery.objects.filter(message=OuterRef("pk")).order_by("-seq")
        return self.annotate(channel=Subquery(last.values("channel")[:1]))

    def unsent(self) -> Self:
        """Those that wait and may still be called off."""
        return self.filter(state=MessageState.PLANNED)


class Message(models.Model):
    """One message to one person, its words frozen when it was decided on.

    `idem_key` says which need it answers: deciding twice on the same need makes one message. `topic` names the record
    it is about ("interview:5"), so that what is overtaken there can be called off. The body never holds a room link:
    `ROOM_LINK` stands in its place, and a fresh link is made for each mail when it is sent.
    """

    kind = models.CharField(_("kind"), max_length=30, choices=Kind)
    audience = models.CharField(_("audience"), max_length=12, choices=Audience)
    user = models.ForeignKey(
        "people.User", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("colleague")
    )
    candidate = models.ForeignKey(
        "recruitment.Candidate",
        on_delete=models.CASCADE,
        null=True,
        related_name="+",
        verbose_name=_("candidate"),
    )
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    interview = models.ForeignKey(
        "recruitment.Interview",
        on_delete=models.CASCADE,
        null=True,
        related_name="+",
        verbose_name=_("interview"),
    )
    event = models.ForeignKey(
        "events.Event", on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("event")
    )
    topic = models.CharField(_("topic"), max_length=60, blank=True)
    subject = models.CharField(_("subject line"), max_length=200)
    body = models.TextField(_("text"))
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

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=MessageState.values), name="message_state_known"),
            models.CheckConstraint(condition=Q(audience__in=Audience.values), name="message_audience_known"),
            models.CheckConstraint(
                condition=Q(audience=Audience.CANDIDATE, candidate__isnull=False, user__isnull=True)
                | ~Q(audience=Audience.CANDIDATE) & Q(candidate__isnull=True, user__isnull=False),
                name="message_has_one_recipient",
            ),
            models.CheckConstraint(
                condition=Q(state=MessageState.ACCEPTED, accepted_at__isnull=False)
                | ~Q(state=MessageState.ACCEPTED) & Q(accepted_at__isnull=True),
                name="message_accepted_says_when",
            ),
        ]
        indexes = [
            models.Index(fields=["interview", "id"], name="message_by_interview"),
            models.Index(fields=["topic", "id"], name="message_by_topic"),
            models.Index(fields=["state", "id"], name="message_by_state"),
            models.Index(fields=["kind", "id"], name="message_by_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.person}"

    @property
    def person(self) -> "User | Candidate":
        """Whom it is for."""
        person = self.user or self.candidate
        assert person is not None  # noqa: S101 -- the table's check says so
        return person

    @property
    def shown_body(self) -> str:
        """The text as the ledger shows it: the room link is never kept, so its place says that there was one."""
        return self.body.replace(ROOM_LINK, f"{settings.BASE_URL}/i/••••")
