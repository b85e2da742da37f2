"""When a row last changed. The database keeps it: no step, no UPDATE over a set and no other program forgets to.

class Opening(Dated):
    class Meta:
        indexes = [change_index("opening")]
        triggers = [dated("opening")]
"""

import pgtrigger
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

# It says nothing of the row beside what the other fields say.
CHANGED = "updated_at"
_DATED = "_dated"


class Dated(models.Model):
    """A row with `updated_at`: when it was made or last came to differ from what it was; by the clock, not by the
    beginning of the transaction. Of rows that are older than this column, when it was added."""

    updated_at = models.DateTimeField(_("last changed"), db_default=Now(), editable=False)

    class Meta:
        abstract = True


def dated(name: str) -> pgtrigger.Trigger:
    """The trigger that a dated model declares. A save that changes nothing moves nothing."""
    return pgtrigger.Trigger(
        name=f"{name}{_DATED}",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.AnyChange(),
        func="NEW.updated_at = clock_timestamp(); RETURN NEW;",
    )


def dating(model: type[models.Model]) -> list[str]:
    """What the triggers of this model are called in the database that say when a row changed."""
    label = model._meta.label_lower
    return [
        trigger.get_pgid(known)
        for known, trigger in pgtrigger.registered()
        if known._meta.label_lower == label and str(trigger.name).endswith(_DATED)
    ]


def change_index(name: str) -> models.Index:
    """The index by which what has changed is found."""
    return models.Index(fields=["updated_at", "id"], name=f"{name}_by_change")
