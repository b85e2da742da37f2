"""What each role may, as rows: one for each right of each role."""

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Value
from django.db.models.functions import Concat
from django.utils.translation import gettext_lazy as _

from people.enums import Role, role_choices
from people.rights import Grid, Reach, Right


class RoleRight(models.Model):
    """One cell of the grid. Written by people.services.granting alone, and never deleted: its history stands."""

    role = models.CharField(_("role"), max_length=20, choices=role_choices)
    right = models.CharField(_("right"), max_length=20, choices=Right.choices)
    reach = models.CharField(_("reach"), max_length=20, choices=Reach.choices, default=Reach.HOUSE)

    class Meta:
        verbose_name = _("right of a role")
        verbose_name_plural = _("rights by role")
        ordering = ["role", "right"]
        constraints = [
            models.UniqueConstraint(fields=["role", "right"], name="people_right_once_for_a_role"),
            models.CheckConstraint(condition=models.Q(right__in=Right.values), name="people_right_is_known"),
            models.CheckConstraint(
                condition=models.Q(reach__in=Reach.values), name="people_right_reach_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{Role(self.role).label} · {Right(self.right).label}"


def stated() -> ArraySubquery:
    """The whole grid as one column beside a person: read in the person's own statement."""
    cell = Concat("role", Value(":"), "right", Value(":"), "reach", output_field=models.TextField())
    return ArraySubquery(RoleRight.objects.order_by().values_list(cell))


def read_grid() -> Grid:
    """The grid as it stands. One query."""
    rows = RoleRight.objects.order_by().values_list("role", "right", "reach")
    return Grid.of(":".join(row) for row in rows)
