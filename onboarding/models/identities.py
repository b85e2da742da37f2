"""EmployeeIdentity: the identity document and the home address of a hire."""

from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.sealed.fields import Mark, SealedDocumentField, SealedHomeField, only_sealed
from core.searching import document_words, key_of, search_index
from onboarding.enums import DocumentKind
from people.models import Employee, User
from people.scope import ScopedQuerySet


class IdentityQuerySet(ScopedQuerySet["EmployeeIdentity"]):
    """Identity documents, by who may see the file."""

    department_lookup = "employee__department"

    def twice(self) -> "IdentityQuerySet":
        """Those whose number stands in the file of somebody else, too."""
        others = EmployeeIdentity.objects.filter(number=OuterRef("number")).exclude(pk=OuterRef("pk"))
        return self.filter(Exists(others))


class EmployeeIdentity(models.Model):
    """What the labour contract must name of a person (Labour Contract Law, article 17): one document, one address.

    It stands here and not in people, since onboarding asks for it and has to know that it is missing; and in a table of
    its own beside the file, so that whoever reads files reads none of it. No row: nothing was given.
    `given_by` is nobody where the person gave it on the own page. `onboarding.services.identities` writes it.
    """

    named_through = ("employee",)

    employee = models.OneToOneField(
        Employee,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="onboarding_identity",
        verbose_name=_("employee file"),
    )
    kind = models.CharField(_("kind of document"), max_length=20, choices=DocumentKind)
    number = SealedDocumentField(_("document number"), looked_up=True)
    address = SealedHomeField(_("home address"))
    search_key = models.TextField(editable=False, default="")
    given_at = models.DateTimeField(_("given at"), default=timezone.now)
    given_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("entered by")
    )

    objects = IdentityQuerySet.as_manager()

    class Meta:
        verbose_name = _("identity document and address")
        verbose_name_plural = _("identity documents and addresses")
        ordering = ["-given_at", "pk"]
        indexes = [
            models.Index(fields=["given_at", "employee"], name="onboarding_identity_by_time"),
            models.Index(fields=["kind", "given_at", "employee"], name="onboarding_identity_by_kind"),
            models.Index(Mark("number"), name="onboarding_identity_number"),
            search_index("onboarding_identity_search"),
        ]
        constraints = [
            only_sealed("number", "onboarding_identity_sealed"),
            only_sealed("address", "onboarding_address_sealed"),
            models.CheckConstraint(
                condition=Q(kind__in=DocumentKind.values), name="onboarding_identity_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.employee.name} · {self.get_kind_display()}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, with the key to find it by kept in step with the number."""
        self.search_key = key_of(document_words(self.number))
        super().save(*args, **kwargs)
