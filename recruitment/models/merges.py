"""CandidateMerge: what was kept of a candidate who turned out to be another one."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.sealed.fields import SealedEmailField, SealedPhoneField, SealedTextField, only_sealed
from people.scope import ScopedQuerySet
from recruitment.models.candidates import Candidate


class MergeQuerySet(ScopedQuerySet):
    department_lookup = "kept__applications__opening__department"


class CandidateMerge(models.Model):
    """Two entries of one person became one: `kept` has the applications, messages and ways of contact of both.

    What stood in the other entry is here as it stood; `gone` was its number, `applications` came from it.
    """

    kept = models.ForeignKey(
        Candidate, on_delete=models.PROTECT, related_name="merges", verbose_name=_("candidate")
    )
    gone = models.BigIntegerField(_("number of the other entry"))
    name = models.CharField(_("full name"), max_length=60)
    email = SealedEmailField(_("e-mail"), blank=True)
    phone = SealedPhoneField(_("phone"), max_length=30, blank=True)
    other_contacts = SealedTextField(_("other contact details"), blank=True)
    applications = ArrayField(models.BigIntegerField(), default=list, verbose_name=_("applications"))
    merged_by = models.ForeignKey(
        "people.User", on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("merged by")
    )
    merged_at = models.DateTimeField(_("merged at"), auto_now_add=True)

    objects = MergeQuerySet.as_manager()

    class Meta:
        verbose_name = _("merged candidate")
        verbose_name_plural = _("merged candidates")
        ordering = ["-id"]
        constraints = [
            only_sealed("email", "merged_email_is_sealed"),
            only_sealed("phone", "merged_phone_is_sealed"),
            only_sealed("other_contacts", "merged_others_are_sealed"),
        ]

    def __str__(self) -> str:
        return self.name
