"""Mailboxes to which people send their résumés, and what became of every mail that was read there."""

from datetime import date, timedelta
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.sealed.fields import SealedEmailField, SealedTextField, only_sealed
from people.scope import ScopedQuerySet
from recruitment.enums_incoming import MailSafety, MailState
from recruitment.models.openings import Opening

READ_BACK = timedelta(days=30)


def a_month_ago() -> date:
    """From when a new mailbox is read."""
    return timezone.localdate() - READ_BACK


class MailboxQuerySet(ScopedQuerySet["Mailbox"]):
    """Mailboxes are the business of HR, and of whoever keeps the house."""

    department_lookup = "opening__department"

    def visible_to(self, user: Any) -> "MailboxQuerySet":
        is_theirs = user.is_authenticated and user.is_active and (user.is_hr or user.keeps_house)
        return self if is_theirs else self.none()


class ReceivedMailQuerySet(ScopedQuerySet["ReceivedMail"]):
    """What came is HR's alone: nobody knows of which department a stranger writes."""

    department_lookup = "mailbox__opening__department"

    def visible_to(self, user: Any) -> "ReceivedMailQuerySet":
        return self if user.is_authenticated and user.is_active and user.is_hr else self.none()


class Mailbox(models.Model):
    """A folder on a mail server that is read by IMAP and never written to. The password is sealed.

    How far it is read: up to `last_uid` of the numbering `uid_validity`; the server may begin another numbering.
    """

    name = models.CharField(_("name"), max_length=80, unique=True)
    host = models.CharField(
        _("mail server"), max_length=253, help_text=_("The IMAP server, for example imap.exmail.qq.com.")
    )
    port = models.PositiveIntegerField(
        _("port"), default=993, validators=[MinValueValidator(1), MaxValueValidator(65535)]
    )
    safety = models.CharField(_("encryption"), max_length=10, choices=MailSafety, default=MailSafety.TLS)
    account = models.CharField(
        _("user name"), max_length=254, help_text=_("At most providers the whole address.")
    )
    secret = SealedTextField(editable=False, blank=True, db_column="secret_sealed")
    folder = models.CharField(_("folder"), max_length=120, default="INBOX")
    opening = models.ForeignKey(
        Opening,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="mailboxes",
        verbose_name=_("opening"),
        help_text=_(
            "What comes to this mailbox is for this opening. Without one it is the opening whose title stands in the "
            "subject or in the file's name; a colleague may say otherwise."
        ),
    )
    reads_from = models.DateField(
        _("read mails from"), default=a_month_ago, help_text=_("Older mails are left alone.")
    )
    is_active = models.BooleanField(_("in use"), default=True)
    tested_at = models.DateTimeField(_("tested at"), null=True, editable=False)
    tested_code = models.CharField(max_length=40, blank=True, editable=False)
    uid_validity = models.BigIntegerField(null=True, editable=False)
    last_uid = models.BigIntegerField(default=0, editable=False)
    read_at = models.DateTimeField(_("last read"), null=True, editable=False)
    failing_code = models.CharField(max_length=40, blank=True, editable=False)
    failing_since = models.DateTimeField(_("failing since"), null=True, editable=False)

    objects = MailboxQuerySet.as_manager()

    class Meta:
        verbose_name = _("résumé mailbox")
        verbose_name_plural = _("résumé mailboxes")
        ordering = ["name"]
        constraints = [only_sealed("secret", "mailbox_secret_is_sealed")]

    def __str__(self) -> str:
        return self.name


class ReceivedMail(models.Model):
    """One mail as it was read: by whom, about what, what became of it. The mail itself stays on its server.

    `digest` tells it from every other one, also when the server numbers its mails anew or it is copied.
    """

    mailbox = models.ForeignKey(
        Mailbox, on_delete=models.PROTECT, related_name="mails", verbose_name=_("mailbox")
    )
    digest = models.CharField(max_length=64, unique=True, editable=False)
    sender = SealedEmailField(_("sender"), looked_up=True, blank=True)
    sender_name = models.CharField(_("sender's name"), max_length=120, blank=True)
    subject = models.CharField(_("subject line"), max_length=200, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=MailState)
    code = models.CharField(_("reason"), max_length=40, blank=True)
    files = models.PositiveSmallIntegerField(_("files"), default=0)
    received_at = models.DateTimeField(_("received at"))
    read_at = models.DateTimeField(_("read at"), auto_now_add=True)

    objects = ReceivedMailQuerySet.as_manager()

    class Meta:
        verbose_name = _("mail to the résumé mailbox")
        verbose_name_plural = _("mails to the résumé mailbox")
        ordering = ["-received_at", "-id"]
        constraints = [
            only_sealed("sender", "mail_sender_is_sealed"),
            models.CheckConstraint(condition=Q(state__in=MailState.values), name="mail_state_is_known"),
        ]
        indexes = [
            models.Index(fields=["received_at", "id"], name="mail_by_time"),
            models.Index(fields=["state", "received_at", "id"], name="mail_by_state"),
            models.Index(fields=["mailbox", "received_at", "id"], name="mail_by_mailbox"),
        ]

    def __str__(self) -> str:
        return self.subject or "–"
