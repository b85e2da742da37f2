"""Which line of a table is its heading, and which column stands where."""

import hashlib
from collections.abc import Mapping, Sequence
from itertools import islice

from django.utils.translation import gettext_lazy as _

from core.errors import Invalid
from core.exchange import cells
from core.exchange.declared import HEADING_WITHIN, Exchanged, heading_of
from core.exchange.files import Line, unreadable
from core.exchange.models import Matching
from core.joining import joined

# What is refused so can be matched by hand.
UNKNOWN = ("headings_unknown", "columns_missing", "mapping_unknown")


def read(
    declaration: Exchanged, content: bytes, mapping: Mapping[str, str] | None
) -> tuple[list[str], dict[str, int]]:
    """The file's headings, and which column stands where: as it is said, else as it was confirmed for these headings,
    else by the headings themselves."""
    first = list(islice(declaration.lines(content), HEADING_WITHIN))
    shown = [[cells.shown(cell) for cell in line.cells] for line in first]
    if mapping is not None:
        headings = shown[place_of(declaration, first, list(mapping.values()))]
        places = _said(declaration, headings, mapping)
    elif (known := _confirmed(declaration, shown)) is not None:
        headings, places = known
    else:
        headings = shown[place_of(declaration, first, [])]
        places = declaration.recognised(headings)
    missing = [column for column in declaration.columns if column.required and column.name not in places]
    if missing:
        names = joined(column.heading for column in missing)
        raise unreadable(
            "columns_missing",
            _("These columns are missing: %(names)s. Please use the template, or match the columns by hand.")
            % {"names": names},
            missing=[column.name for column in missing],
            headings=headings,
        )
    return headings, places


def _confirmed(
    declaration: Exchanged, first: Sequence[Sequence[str]]
) -> tuple[list[str], dict[str, int]] | None:
    """The first of these lines that was somebody's heading before, and which columns they said stand under it."""
    known = Matching.objects.filter(kind=declaration.kind, headings__in=[digest_of(line) for line in first])
    places = dict(known.values_list("headings", "places"))
    return next(((list(line), places[digest_of(line)]) for line in first if digest_of(line) in places), None)


def place_of(declaration: Exchanged, first: Sequence[Line], wanted: Sequence[str]) -> int:
    """Which of the first lines is the heading: the one with these headings, else the one that names most columns."""
    keys = {cells.key(heading) for heading in wanted if heading}
    if keys:
        for place, line in enumerate(first):
            if keys <= {cells.key(cells.shown(cell)) for cell in line.cells}:
                return place
    try:
        return heading_of(declaration, first)
    except Invalid as error:
        filled = [sum(cell not in (None, "") for cell in line.cells) for line in first]
        widest = filled.index(max(filled))
        if keys:
            return widest
        error.extra["headings"] = [cells.shown(cell) for cell in first[widest].cells]
        raise


def _said(declaration: Exchanged, headings: Sequence[str], mapping: Mapping[str, str]) -> dict[str, int]:
    by_key = {cells.key(heading): place for place, heading in reversed(list(enumerate(headings)))}
    known = {column.name for column in declaration.columns}
    places = {}
    for name, heading in mapping.items():
        if name not in known or cells.key(str(heading)) not in by_key:
            raise Invalid(
                "mapping_unknown",
                _("“%(name)s” cannot be found under “%(heading)s”.") % {"name": name, "heading": heading},
                columns=sorted(known),
                headings=list(headings),
            )
        places[name] = by_key[cells.key(str(heading))]
    return places


def digest_of(headings: Sequence[str]) -> str:
    """What a matching that somebody confirmed is known by: the headings, however they are spelled."""
    return hashlib.sha256("\n".join(cells.key(heading) for heading in headings).encode()).hexdigest()
