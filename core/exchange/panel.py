"""What becomes of the rows, on an import's page: how far it is, how many of each fate, and the rows themselves."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy, pgettext_lazy

from core import seen
from core.admin.panels import Panel
from core.exchange import cells
from core.exchange.models import COUNTED, Fate, Import, ImportRow, ImportState
from core.exchange.services import imports
from core.jobs.models import LongWork
from core.jobs.works import declared_works
from core.joining import named
from core.numbers import row_number

UNDER_WAY = (ImportState.CHECKING, ImportState.APPLYING, ImportState.UNDOING)
AT_ONCE = 100
# What tells one row from another stands in its first columns.
COLUMNS = 4
LOOKS = {
    "new": "success",
    "changed": "info",
    "unchanged": "default",
    "duplicate": "warning",
    "refused": "danger",
}
LEFT = "left"


def may_be_confirmed(batch: Import) -> bool:
    """Whether a yes would enter anything."""
    return (
        batch.state == ImportState.CHECKED and batch.rows.filter(fate__in=(Fate.NEW, Fate.CHANGED)).exists()
    )


def _what_will_happen(counts: Mapping[str, int]) -> list[str]:
    sentences = (
        (
            "new",
            ngettext_lazy(
                "%(count)s row is new and will be entered.",
                "%(count)s rows are new and will be entered.",
                "count",
            ),
        ),
        (
            "changed",
            ngettext_lazy(
                "%(count)s row fills in what nobody has written yet.",
                "%(count)s rows fill in what nobody has written yet.",
                "count",
            ),
        ),
        (
            "unchanged",
            ngettext_lazy(
                "%(count)s row is there already: nothing happens.",
                "%(count)s rows are there already: nothing happens.",
                "count",
            ),
        ),
        (
            "duplicate",
            ngettext_lazy(
                "%(count)s row is left out: it says what another row says, or ended before.",
                "%(count)s rows are left out: they say what another row says, or ended before.",
                "count",
            ),
        ),
        (
            "refused",
            ngettext_lazy(
                "%(count)s row is left out: something is wrong with it.",
                "%(count)s rows are left out: something is wrong with them.",
                "count",
            ),
        ),
    )
    return [str(words % {"count": counts[fate]}) for fate, words in sentences if counts[fate]]


def render(request: HttpRequest, batch: Import) -> SafeString:
    """Progress; what will happen, with the button that says yes to it; counts as links; the rows of the chosen fate, a
    hundred at a time. Six queries at most."""
    counts = batch.counts()
    chosen = request.GET.get("fate", "")
    if chosen != LEFT and not counts.get(chosen):
        chosen = next((fate for fate in ("refused", "duplicate", "changed", "new") if counts[fate]), "new")
    work = (
        LongWork.objects.about(Import._meta.label_lower).filter(subject_id=batch.pk).order_by("-id").first()
    )
    columns = batch.declaration.columns[:COLUMNS]
    onward = batch.declaration.onward if batch.state == ImportState.APPLIED else None
    rows, following = _rows(request, batch, chosen)
    tabs = [
        {
            "fate": fate.value,
            "label": fate.label,
            "count": counts[fate.value],
            "is_chosen": fate.value == chosen,
        }
        for fate in COUNTED
    ]
    if batch.state == ImportState.UNDONE:
        kept = batch.rows.filter(left__isnull=False).count()
        tabs.append({"fate": LEFT, "label": _("Stayed"), "count": kept, "is_chosen": chosen == LEFT})
    context: dict[str, Any] = {
        "batch": batch,
        "error": imports.sentence_of(batch),
        "work": work if batch.state in UNDER_WAY else None,
        "step": declared_works()[work.kind].title if work else "",
        "tabs": tabs,
        "headings": [column.heading for column in columns],
        "rows": [(row, [_shown(row, column.name) for column in columns], _said(batch, row)) for row in rows],
        "chosen": chosen,
        "following": following,
        "onward": onward and onward(),
        "will_happen": _what_will_happen(counts) if may_be_confirmed(batch) else (),
        "seen": seen.version_of(batch),
    }
    return render_to_string("exchange/rows.html", context, request=request)


def _rows(request: HttpRequest, batch: Import, chosen: str) -> tuple[list[ImportRow], int | None]:
    after = row_number(request.GET.get("after"))
    rows = batch.rows.filter(left__isnull=False) if chosen == LEFT else batch.rows.filter(fate=chosen)
    if after is not None:
        rows = rows.filter(number__gt=after)
    found = list(rows.order_by("pk")[: AT_ONCE + 1])
    return found[:AT_ONCE], found[AT_ONCE - 1].number if len(found) > AT_ONCE else None


def _shown(row: ImportRow, name: str) -> str:
    """A value as it was understood; where it was not, as it stands in the file."""
    value = row.values.get(name)
    if value is not None:
        return str(value)
    place = row.batch.places.get(name)
    return row.cells[place] if place is not None and place < len(row.cells) else ""


def _said(batch: Import, row: ImportRow) -> list[tuple[str, str]]:
    """What there is to say of a row, each with its look."""
    heading = batch.declaration.heading

    def said(kept: dict[str, Any]) -> str:
        name = heading(kept["column"])
        return named(name, cells.sentence(kept)) if name else cells.sentence(kept)

    found = [(said(fault), "hs-red") for fault in row.faults]
    if row.fate == Fate.DUPLICATE and row.of_row:
        found.append((str(_("Says what row %(number)s says.") % {"number": row.of_row}), ""))
    found += [
        (named(heading(change["field"]), f"{change['before'] or '–'} → {change['after']}"), "")
        for change in row.changes
    ]
    found += [(said(hint), "hs-amber") for hint in row.hints]
    if row.left:
        found.append((cells.sentence(row.left), "hs-amber"))
    return found


ROWS = Panel("import-rows", pgettext_lazy("row", "Rows"), render, order=10)
