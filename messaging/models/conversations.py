"""微信客服: conversations with people outside, the links that say who they are, and how far they were read."""

from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from messaging.refs import Ref

# WeCom takes five messages within 48 hours of the last one of theirs; one of the five is left for a person, and some
# minutes, because clocks differ.
OPEN_FOR = timedelta(hours=48) - timedelta(minutes=5)
MOST_SENT = 4


class ConversationQuerySet(models.QuerySet["Conversation"]):
    """Conversations, by who may be written to."""

    def open_to(self, whom: Ref) -> "ConversationQuerySet":
        """Those of somebody in the address book in which a message would be shown now."""
        return self.filter(
            addressee_type=whom.type,
            addressee_id=whom.id,
            wrote_at__gt=timezone.now() - OPEN_FOR,
            sent__lt=MOST_SENT,
            is_closed=False,
        )


class Conversation(models.Model):
    """One person's WeChat with one account of ours. `addressee`: who it is, once a link of theirs has said so.

    `sent`: messages since they last wrote, which was at `wrote_at`. `is_closed`: WeCom takes none until they write.
    """

    account = models.CharField(_("account"), max_length=64)
    external_userid = models.CharField(max_length=64, editable=False)
    addressee_type = models.CharField(max_length=60, blank=True)
    addressee_id = models.BigIntegerField(null=True)
    came_at = models.DateTimeField(_("came at"), default=timezone.now, editable=False)
    bound_at = models.DateTimeField(_("known since"), null=True)
    wrote_at = models.DateTimeField(_("last wrote at"), null=True)
    sent = models.PositiveSmallIntegerField(_("messages since"), default=0)
    is_closed = models.BooleanField(_("closed until they write"), default=False)

    objects = ConversationQuerySet.as_manager()

    class Meta:
        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "external_userid"], name="one_conversation_per_account"
            ),
            # Whoever takes another WeChat is found there from then on.
            models.UniqueConstraint(
                fields=["addressee_type", "addressee_id"],
                condition=Q(addressee_id__isnull=False),
                name="one_conversation_per_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"

    @property
    def addressee(self) -> Ref | None:
        """Who it is."""
        return None if self.addressee_id is None else Ref(self.addressee_type, self.addressee_id)


class ConversationLink(models.Model):
    """A link to the account that says who comes by it: kept as a hash, good for the first WeChat that uses it."""

    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    addressee_type = models.CharField(max_length=60)
    addressee_id = models.BigIntegerField()
    made_at = models.DateTimeField(_("made at"), default=timezone.now)
    expires_at = models.DateTimeField(_("good until"))
    used_by = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, null=True, related_name="+", verbose_name=_("used by")
    )

    class Meta:
        verbose_name = _("link to the conversation")
        verbose_name_plural = _("links to the conversation")
        ordering = ["-id"]
        indexes = [models.Index(fields=["addressee_type", "addressee_id"], name="conversation_link_whose")]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class ConversationCursor(models.Model):
    """How far an account was read; moved on together with what was read. `failing_since`: from when on WeCom has not
    let us, and `last_code` its answer."""

    account = models.CharField(max_length=64, primary_key=True)
    cursor = models.CharField(max_length=100, blank=True)
    read_at = models.DateTimeField(_("read at"), null=True)
    failing_since = models.DateTimeField(_("failing since"), null=True)
    last_code = models.CharField(_("last answer"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("place in the conversations")
        verbose_name_plural = _("places in the conversations")

    def __str__(self) -> str:
        return self.account
