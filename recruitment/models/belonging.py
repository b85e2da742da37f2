"""Which opening a row belongs to, kept on the row itself: a manager's lists begin at the openings of the own tree.

Without it a list of one department walks from its openings over every application to each interview and what hangs on
it. The database fills it in, so that no writer can forget it; an application never changes its opening.
"""

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from recruitment.models.openings import Opening


class OfOpening(models.Model):
    """A row with its opening. On an instance that was just made it is None until the row is read again."""

    # Named apart from a page's column "opening". No constraint: the application has it.
    of_opening = models.ForeignKey(
        Opening,
        on_delete=models.DO_NOTHING,
        null=True,
        editable=False,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("opening"),
    )

    class Meta:
        abstract = True


def opening_of(name: str, *, over: str = "application") -> pgtrigger.Trigger:
    """The trigger that keeps `of_opening`: that of the row which the foreign key `over` names, an application or an
    interview. Whatever else is written there, the row's own opening is what stands."""
    kept = "opening_id" if over == "application" else "of_opening_id"
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("of_opening_id", f"{over}_id"),
        func=f"""
            IF TG_OP = 'INSERT' OR NEW.{over}_id <> OLD.{over}_id
                OR NEW.of_opening_id IS DISTINCT FROM OLD.of_opening_id
            THEN
                NEW.of_opening_id = (SELECT {kept} FROM recruitment_{over} WHERE id = NEW.{over}_id);
            END IF;
            RETURN NEW;
        """,  # noqa: S608 -- both names are this module's callers' own
    )
