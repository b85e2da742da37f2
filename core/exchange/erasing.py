"""What imports and exports hold of a person."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.exchange.models import Export, ImportFile, ImportRow
from core.persons import Part, Person, Records


def rows_of(records: Records) -> Q:
    """The condition on rows of imports: one of these records was found, or made by it. Both name it by its kind."""
    theirs = Q(pk__in=[])
    for label, ids in records.items():
        kind = label.partition(".")[2]
        if ids:
            theirs |= Q(**{f"found__{kind}__in": ids}) | Q(**{f"made__{kind}__in": ids})
    return theirs


def _imports(person: Person) -> int:
    """The cells of the person's rows, and the files that they came in: nothing else can be cut out of a file.

    A row is the person's when the import found or made one of their records, or when it has their number or address.
    """
    theirs = rows_of(person.records)
    for way in person.ways:
        theirs |= Q(cells__icontains=way) | Q(values__icontains=way)
    rows = ImportRow.objects.filter(theirs)
    batches = set(rows.values_list("batch", flat=True))
    count = ImportFile.objects.filter(batch__in=batches)._raw_delete("default") or 0
    return count + rows.update(cells=[], values={}, faults=[], hints=[], changes=[])


def _exports(_person: Person) -> int:
    """Files of lists lie there for a day: whoever needs one has it made again, without the person."""
    return Export.objects.exclude(content=None).update(content=None, query="")


PARTS = [
    Part("imports", _("Rows and files of imports"), 40, _imports),
    Part("exports", _("Files of lists"), 40, _exports),
]
