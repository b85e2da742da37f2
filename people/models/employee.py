"""The employee file."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.contacts import NameField, spell_out
from core.sealed.fields import SealedEmailField, SealedPhoneField, SealedTextField, only_sealed
from core.searching import search_index
from people.enums import EmployeeStatus
from people.models.department import Department
from people.models.user import User
from people.names import search_key, sort_key
from people.scope import ScopedQuerySet


class EmployeeQuerySet(ScopedQuerySet["Employee"]):
    """Employee files, by who may see them."""


class Employee(models.Model):
    """One person's file, opened when the preparation of the hire starts: who, where, since when. Who was taken on has a
    number, and keeps it.

    What an app knows about an employee stands in a table of its own, one to one.
    """

    number = models.CharField(_("employee number"), max_length=20, unique=True, null=True)
    name = NameField(_("full name"), max_length=100)
    name_key = models.CharField(_("sort key"), max_length=200, editable=False, default="", db_index=True)
    search_key = models.TextField(editable=False, default="")
    department = models.ForeignKey(
        Department, models.PROTECT, related_name="employees", verbose_name=_("department")
    )
    position = models.CharField(_("position"), max_length=100)
    user = models.OneToOneField(
        User, models.SET_NULL, null=True, blank=True, related_name="employee", verbose_name=_("account")
    )
    email = SealedEmailField(_("e-mail"), blank=True, looked_up=True)
    phone = SealedPhoneField(_("phone"), max_length=30, blank=True, looked_up=True)
    other_contacts = SealedTextField(_("other contact details"), blank=True, default="")
    wecom_userid = models.CharField(_("WeCom account"), max_length=64, blank=True)
    starts_on = models.DateField(_("starts on"), null=True, blank=True)
    status = models.CharField(
        _("status"), max_length=20, choices=EmployeeStatus.choices, default=EmployeeStatus.PREPARING
    )
    status_since = models.DateTimeField(_("in this status since"), default=timezone.now, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    objects = EmployeeQuerySet.as_manager()

    class Meta:
        verbose_name = _("employee file")
        verbose_name_plural = _("employee files")
        ordering = ["name_key", "pk"]
        indexes = [
            models.Index(fields=["status", "starts_on"], name="people_employee_status_start"),
            models.Index(fields=["status", "status_since"], name="people_employee_status_since"),
            models.Index(fields=["name_key", "id"], name="people_employee_by_name"),
            models.Index(fields=["starts_on", "id"], name="people_employee_by_start"),
            models.Index(fields=["department", "name_key", "id"], name="people_employee_by_department"),
            search_index("people_employee_search"),
        ]
        constraints = [
            only_sealed("email", "people_employee_email_is_sealed"),
            only_sealed("phone", "people_employee_phone_is_sealed"),
            only_sealed("other_contacts", "people_employee_others_sealed"),
            models.CheckConstraint(
                name="people_employee_has_a_number",
                condition=Q(number__isnull=False) | Q(status__in=EmployeeStatus.never_came),
            ),
            models.CheckConstraint(
                name="people_employee_status_is_known", condition=Q(status__in=EmployeeStatus.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} · {self.number}" if self.number else self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, with the keys to sort and to find by kept in step with the name."""
        spell_out(self)
        self.name_key = sort_key(self.name)
        self.search_key = search_key(
            [self.name], phone=self.phone, others=[self.email, self.number or ""], loose=self.other_contacts
        )
        if (fields := kwargs.get("update_fields")) is not None:
            kwargs["update_fields"] = {*fields, "name_key", "search_key"}
        super().save(*args, **kwargs)
