"""Departments: a tree without cycles."""

from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Concat, Substr
from django.utils.translation import gettext_lazy as _

from core.errors import Invalid
from core.language import in_language
from people.scope import ScopedQuerySet

CYCLE_TEXT = _("A department cannot lie below itself.")


class DepartmentQuerySet(ScopedQuerySet["Department"]):
    """Departments, by who may see them and by place in the tree."""

    department_lookup = ""

    def below(self, department: "Department") -> Self:
        """`department` and everything under it."""
        return self.filter(path__startswith=department.path)


class Department(models.Model):
    """A department. save() keeps `path`, the ids from the top down ("/1/4/"): a tree is one LIKE."""

    name = models.CharField(_("name"), max_length=100)
    name_en = models.CharField(_("English name"), max_length=100, blank=True)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("parent department"),
    )
    manager = models.ForeignKey(
        "people.User",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("department manager"),
    )
    wecom_number = models.PositiveBigIntegerField(
        _("department number in WeCom"),
        null=True,
        blank=True,
        unique=True,
        editable=False,
        help_text=_("Learnt from WeCom's address book: by it a department is known there whatever its name."),
    )
    path = models.TextField(_("path"), editable=False, default="", db_index=True)

    objects = DepartmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("department")
        verbose_name_plural = _("departments")
        ordering = ["path"]
        constraints = [
            models.UniqueConstraint(
                fields=["parent", "name"], name="people_department_name_once_per_parent", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")),
                name="people_department_not_its_own_parent",
            ),
        ]

    def __str__(self) -> str:
        return in_language(self.name, self.name_en)

    def clean(self) -> None:
        """Refuse a parent that lies below this department: a form shows it before anything is saved."""
        super().clean()
        if self.pk and self._would_form_a_cycle():
            raise ValidationError({"parent": ValidationError(CYCLE_TEXT, code="department_cycle")})

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save and bring `path`, here and in everything below, to what the parents say.

        The whole table is locked for the moment (it is short), so that two moves at once cannot form a cycle.
        Raises Invalid("department_cycle").
        """
        with transaction.atomic():
            list(Department.objects.select_for_update(no_key=True).order_by("pk").values_list("pk"))
            if self.pk and self._would_form_a_cycle():
                raise Invalid("department_cycle", CYCLE_TEXT)
            super().save(*args, **kwargs)
            self._bring_paths()

    def _would_form_a_cycle(self) -> bool:
        if self.parent_id is None:
            return False
        above = Department.objects.filter(pk=self.parent_id).values_list("path", flat=True).first() or ""
        return self.parent_id == self.pk or f"/{self.pk}/" in above

    def _bring_paths(self) -> None:
        stored, above = Department.objects.filter(pk=self.pk).values_list("path", "parent__path").get()
        self.path = f"{above or '/'}{self.pk}/"
        if stored == self.path:
            return
        if stored:
            below = Department.objects.filter(path__startswith=stored)
            below.update(path=Concat(Value(self.path), Substr("path", len(stored) + 1)))
        else:
            Department.objects.filter(pk=self.pk).update(path=self.path)
