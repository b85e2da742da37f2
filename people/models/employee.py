"""The employee file."""

from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.figures import Basis
from people.enums import EmployeeStatus
from people.models.department import Department
from people.models.user import User
from people.names import sort_key
from people.scope import ScopedQuerySet

HUNDRED = Decimal(100)


class EmployeeQuerySet(ScopedQuerySet["Employee"]):
    """Employee files, by who may see them."""


class Employee(models.Model):
    """One person's file, opened when the preparation of the hire starts.

    The interview score stands here with its interval, its basis and where it came from, or not at all: three
    NULLs and an empty basis mean "no score", never 0. `people.services.employees.record_score` writes it.
    """

    number = models.CharField(_("employee number"), max_length=20, unique=True)
    name = models.CharField(_("full name"), max_length=100)
    name_key = models.CharField(_("sort key"), max_length=200, editable=False, default="", db_index=True)
    department = models.ForeignKey(
        Department, models.PROTECT, related_name="employees", verbose_name=_("department")
    )
    position = models.CharField(_("position"), max_length=100)
    user = models.OneToOneField(
        User, models.SET_NULL, null=True, blank=True, related_name="employee", verbose_name=_("account")
    )
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    wecom_userid = models.CharField(_("WeCom account"), max_length=64, blank=True)
    starts_on = models.DateField(_("starts on"), null=True, blank=True)
    status = models.CharField(
        _("status"), max_length=20, choices=EmployeeStatus.choices, default=EmployeeStatus.PREPARING
    )
    score_value = models.DecimalField(
        _("interview score"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    score_low = models.DecimalField(
        _("score, lower bound"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    score_high = models.DecimalField(
        _("score, upper bound"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    score_basis = models.CharField(_("score basis"), max_length=10, choices=Basis.choices, blank=True)
    score_as_of = models.DateTimeField(_("score as of"), null=True, blank=True)
    score_source = models.CharField(_("score source"), max_length=100, blank=True)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    objects = EmployeeQuerySet.as_manager()

    class Meta:
        verbose_name = _("employee file")
        verbose_name_plural = _("employee files")
        ordering = ["name_key", "pk"]
        indexes = [models.Index(fields=["status", "starts_on"], name="people_employee_status_start")]
        constraints = [
            models.CheckConstraint(
                name="people_employee_score_whole_or_missing",
                condition=(
                    Q(
                        score_value__isnull=True,
                        score_low__isnull=True,
                        score_high__isnull=True,
                        score_basis="",
                        score_as_of__isnull=True,
                        score_source="",
                    )
                    | Q(
                        score_value__isnull=False,
                        score_low__isnull=False,
                        score_high__isnull=False,
                        score_basis__in=Basis.values,
                        score_as_of__isnull=False,
                    )
                    & ~Q(score_source="")
                ),
            ),
            models.CheckConstraint(
                name="people_employee_score_in_its_interval",
                condition=Q(score_value__isnull=True)
                | Q(
                    score_low__gte=0,
                    score_low__lte=F("score_value"),
                    score_value__lte=F("score_high"),
                    score_high__lte=HUNDRED,
                ),
            ),
            models.CheckConstraint(
                name="people_employee_status_is_known", condition=Q(status__in=EmployeeStatus.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} · {self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, with the sort key kept in step with the name."""
        self.name_key = sort_key(self.name)
        if (fields := kwargs.get("update_fields")) is not None:
            kwargs["update_fields"] = {*fields, "name_key"}
        super().save(*args, **kwargs)
