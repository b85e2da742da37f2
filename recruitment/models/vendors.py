"""Outside AI-interview vendors: who they are, which interview is theirs, and what they reported."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.sealed.fields import SealedTextField, only_sealed
from people.scope import ScopedQuerySet
from recruitment.models.interviews import Interview


class VendorQuerySet(ScopedQuerySet["Vendor"]):
    """Vendors are the business of HR, and of whoever keeps the house."""

    department_lookup = "interviews__interview__application__opening__department"

    def visible_to(self, user: Any) -> "VendorQuerySet":
        is_theirs = user.is_authenticated and user.is_active and (user.is_hr or user.keeps_house)
        return self if is_theirs else self.none()


class Vendor(models.Model):
    """A vendor that reports by signed webhook to /vendors/<code>/events. The shared secret is sealed.

    `poll_url`, where the vendor has one, is asked for an interview's events when none came for a while.
    """

    code = models.SlugField(_("code"), unique=True)
    name = models.CharField(_("name"), max_length=80)
    mapping = models.CharField(
        _("format"), max_length=30, default="standard", help_text=_("Which vendor's words its reports use.")
    )
    secret = SealedTextField(editable=False, blank=True, db_column="secret_sealed")
    poll_url = models.URLField(_("address to ask"), blank=True)
    is_active = models.BooleanField(_("active"), default=True)

    objects = VendorQuerySet.as_manager()

    class Meta:
        verbose_name = _("interview vendor")
        verbose_name_plural = _("interview vendors")
        ordering = ["name"]
        constraints = [only_sealed("secret", "vendor_secret_is_sealed")]

    def __str__(self) -> str:
        return self.name


class VendorInterview(models.Model):
    """Which interview a vendor means by its reference."""

    vendor = models.ForeignKey(
        Vendor, on_delete=models.PROTECT, related_name="interviews", verbose_name=_("vendor")
    )
    interview = models.OneToOneField(
        Interview, on_delete=models.CASCADE, related_name="vendor_interview", verbose_name=_("interview")
    )
    reference = models.CharField(_("reference"), max_length=80)
    heard_at = models.DateTimeField(_("last report"), null=True, blank=True)
    asked_at = models.DateTimeField(_("last asked"), null=True, blank=True)

    class Meta:
        verbose_name = _("interview at a vendor")
        verbose_name_plural = _("interviews at vendors")
        constraints = [
            models.UniqueConstraint(fields=["vendor", "reference"], name="one_interview_per_reference")
        ]
        indexes = [models.Index(fields=["vendor", "heard_at"], name="vendor_interview_heard")]

    def __str__(self) -> str:
        return self.reference


class VendorEventState(models.TextChoices):
    """Waiting: what comes before it has not arrived yet, or it is about to be applied."""

    WAITING = "waiting", _("Waiting")
    APPLIED = "applied", _("Carried out")
    OVERTAKEN = "overtaken", _("Overtaken")
    REFUSED = "refused", _("Refused")


class VendorEvent(models.Model):
    """One report as it was received, kept whole: also the scores that no rule of ours will ever use."""

    vendor = models.ForeignKey(
        Vendor, on_delete=models.CASCADE, related_name="events", verbose_name=_("vendor")
    )
    event_id = models.CharField(_("the vendor's number"), max_length=100)
    reference = models.CharField(_("reference"), max_length=80)
    kind = models.CharField(_("kind"), max_length=40)
    occurred_at = models.DateTimeField(_("happened at"))
    payload = models.JSONField(_("report"), default=dict)
    state = models.CharField(
        _("state"), max_length=10, choices=VendorEventState, default=VendorEventState.WAITING
    )
    code = models.CharField(_("reason"), max_length=60, blank=True)
    received_at = models.DateTimeField(_("received at"), default=timezone.now)
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)

    class Meta:
        verbose_name = _("vendor's report")
        verbose_name_plural = _("vendors' reports")
        ordering = ["occurred_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["vendor", "event_id"], name="one_vendor_event_per_number")
        ]
        indexes = [
            models.Index(
                fields=["vendor", "reference", "occurred_at"],
                name="vendor_event_waiting",
                condition=Q(state=VendorEventState.WAITING),
            ),
            models.Index(fields=["occurred_at", "id"], name="vendor_event_by_time"),
            models.Index(fields=["state", "occurred_at", "id"], name="vendor_event_by_state"),
            models.Index(fields=["reference"], name="vendor_event_by_reference"),
            models.Index(fields=["event_id"], name="vendor_event_by_number"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} · {self.reference}"
