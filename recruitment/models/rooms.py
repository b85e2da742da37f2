"""Around a page of the room: its link and cookie, a code for another device, and what the page said of itself."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from recruitment.models.interviews import Interview, OfInterviewQuerySet


class RoomLink(models.Model):
    """A candidate's link: 256 random bits, of which only the SHA-256 is kept. Several may be live."""

    interview = models.ForeignKey(
        Interview, on_delete=models.CASCADE, related_name="links", verbose_name=_("interview")
    )
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    expires_at = models.DateTimeField(_("expires at"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    objects = OfInterviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("room link")
        verbose_name_plural = _("room links")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["created_at", "id"], name="link_by_time"),
            models.Index(fields=["expires_at", "id"], name="link_by_end"),
        ]

    def __str__(self) -> str:
        return f"{self.interview_id} · {self.pk}"


class RoomSession(models.Model):
    """A browser that exchanged a link for a cookie; the cookie's SHA-256. Ends with its link."""

    link = models.ForeignKey(
        RoomLink, on_delete=models.CASCADE, related_name="sessions", verbose_name=_("room link")
    )
    interview = models.ForeignKey(
        Interview, on_delete=models.CASCADE, related_name="+", verbose_name=_("interview")
    )
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    class Meta:
        verbose_name = _("room session")
        verbose_name_plural = _("room sessions")
        indexes = [models.Index(fields=["created_at"], name="room_session_by_age")]

    def __str__(self) -> str:
        return f"{self.interview_id} · {self.pk}"


class HandoverCode(models.Model):
    """A short code that opens the same link on another device: once, for minutes. Only a keyed hash of it is kept."""

    link = models.ForeignKey(
        RoomLink, on_delete=models.CASCADE, related_name="handover_codes", verbose_name=_("room link")
    )
    code_hash = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    expires_at = models.DateTimeField(_("expires at"))
    used_at = models.DateTimeField(_("used at"), null=True, blank=True)

    class Meta:
        verbose_name = _("code for another device")
        verbose_name_plural = _("codes for another device")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.link_id} · {self.pk}"


class PresenceNote(models.Model):
    """A page's word about itself: hidden, seen again, closed, or back on the line after `seconds` without one.

    Only ever added. It is shown beside the recording and decides nothing: leaving is what the lease says.
    """

    class Event(models.TextChoices):
        HIDDEN = "hidden", _("Out of sight")
        VISIBLE = "visible", _("In sight again")
        PAGEHIDE = "pagehide", _("Page closed")
        ONLINE = "online", _("Online again")

    interview = models.ForeignKey(
        Interview, on_delete=models.CASCADE, related_name="presence_notes", verbose_name=_("interview")
    )
    attempt = models.PositiveSmallIntegerField(_("attempt"))
    epoch = models.PositiveIntegerField(_("epoch"))
    event = models.CharField(_("event"), max_length=10, choices=Event)
    seconds = models.PositiveIntegerField(_("seconds without a line"), null=True, blank=True)
    at = models.DateTimeField(_("at"))

    objects = OfInterviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("word of a page")
        verbose_name_plural = _("words of pages")
        ordering = ["interview", "id"]
        indexes = [models.Index(fields=["interview", "attempt", "id"], name="presence_by_attempt")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(event="online", seconds__isnull=False)
                | (~models.Q(event="online") & models.Q(seconds__isnull=True)),
                name="presence_seconds_only_of_the_line",
            )
        ]

    def __str__(self) -> str:
        return f"{self.interview_id} · {self.event}"
