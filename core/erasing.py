"""What the ground erases of a person: the columns of every row that hangs on them, and what it wrote beside them."""

from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext_lazy as _

from core.many.models import ManyRow
from core.persons import ANONYMOUS, LAST, Part, Person, emptied, in_order, plan


def _rows(person: Person) -> int:
    """Everything below the person's own row, the farthest first: it goes, or stays without its words."""
    said, count = plan(), 0
    for model in reversed(in_order(person)[1:]):
        rows = model._base_manager.filter(pk__in=person.of(model))
        if model._meta.label_lower in said.deleted:
            count += rows._raw_delete("default") or 0
        elif values := emptied(model, said):
            count += rows.update(**values)
    return count


def _identity(person: Person) -> int:
    """The person's own row, the last of all: until then every part finds by whom it is named."""
    rows = person.root._base_manager.filter(pk__in=person.of(person.root))
    return rows.update(**emptied(person.root, plan()))


def _beside(person: Person) -> int:
    """What was said of each row in one go over many, and in the back office's own list of what was done."""
    count = 0
    for label, ids in person.records.items():
        if not ids:
            continue
        kind = ContentType.objects.get_for_model(apps.get_model(label))
        said = LogEntry.objects.filter(content_type=kind, object_id__in=[str(pk) for pk in ids])
        count += said.exclude(object_repr=ANONYMOUS).update(object_repr=ANONYMOUS, change_message="")
        runs = ManyRow.objects.filter(run__model=label, row_id__in=ids)
        count += runs.update(values=None, said="")
    return count


PARTS = [
    Part("rows", _("Texts, scores' evidence, notes, résumés and links"), 50, _rows),
    Part("beside", _("Names in lists of what was done"), 60, _beside),
    Part("identity", _("Name, phone, e-mail and search keys"), LAST, _identity),
]
