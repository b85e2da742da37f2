"""What was sent over the public page of an opening, or by mail, and waits for a person."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.sealed.fields import SealedEmailField, SealedPhoneField, only_sealed
from people.scope import ScopedQuerySet
from recruitment.enums_incoming import IntakeState, IntakeWay, ResumeKind
from recruitment.models.candidates import Application, Candidate
from recruitment.models.mailboxes import ReceivedMail
from recruitment.models.openings import Opening


class PublicApplicationQuerySet(ScopedQuerySet):
    department_lookup = "opening__department"


class PublicApplication(models.Model):
    """Somebody applied over the page: as typed, with the version of the words that they agreed to.

    `taken`: an application came of it, at once or by a colleague's word. `waiting`: number or address are a
    candidate's already, and a person has to say whether it is they. The file of one that waits lies in storage.

    What came by mail always waits: `mail` is the one that brought it, while that is kept; `words` how the file begins,
    to judge it by, numbers and addresses masked. Nobody agreed to anything; the opening is a guess, or not known.
    """

    way = models.CharField(
        _("way"), max_length=10, choices=IntakeWay, default=IntakeWay.PAGE, db_default=IntakeWay.PAGE
    )
    mail = models.ForeignKey(
        ReceivedMail,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="applications",
        verbose_name=_("mail"),
    )
    words = models.TextField(_("how the file begins"), blank=True, default="", db_default="")
    opening = models.ForeignKey(
        Opening,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="public_applications",
        verbose_name=_("opening"),
    )
    name = models.CharField(_("full name"), max_length=60)
    phone = SealedPhoneField(_("phone"), max_length=30, looked_up=True)
    email = SealedEmailField(_("e-mail"), looked_up=True)
    language = models.CharField(
        _("language"), max_length=10, choices=Candidate._meta.get_field("language").choices
    )
    consent_version = models.CharField(_("version of the consent"), max_length=20)
    stored_name = models.CharField(_("stored as"), max_length=200)
    file_name = models.CharField(_("file name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=10, choices=ResumeKind)
    sha256 = models.CharField("SHA-256", max_length=64)
    bytes = models.PositiveIntegerField(_("bytes"))
    pages = models.PositiveSmallIntegerField(_("pages"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=IntakeState)
    application = models.ForeignKey(
        Application,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("application"),
    )
    settled_by = models.ForeignKey(
        "people.User", on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("person")
    )
    sent_at = models.DateTimeField(_("sent at"), auto_now_add=True)

    objects = PublicApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("incoming application")
        verbose_name_plural = _("incoming applications")
        ordering = ["-id"]
        constraints = [
            only_sealed("phone", "intake_phone_is_sealed"),
            only_sealed("email", "intake_email_is_sealed"),
            models.CheckConstraint(
                condition=Q(way=IntakeWay.MAIL) | Q(opening__isnull=False), name="intake_knows_its_opening"
            ),
        ]
        indexes = [
            models.Index(fields=["state", "id"], name="intake_by_state"),
            models.Index(fields=["sent_at", "id"], name="intake_by_time"),
            models.Index(fields=["stored_name"], name="intake_by_file", condition=~Q(stored_name="")),
        ]

    def __str__(self) -> str:
        return self.name
