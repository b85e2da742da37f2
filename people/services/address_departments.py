"""Departments of an address book: found by WeCom's number or by name, made, renamed, moved, put back."""

from typing import Any

from django.utils.translation import gettext_noop

from core.exchange.cells import Fault
from core.exchange.models import Fate, ImportRow
from people.models import Department
from people.services.address_standing import BETWEEN, Names, Standing, names_of

ROW, WAS, BECOMES = "department_row", "was", "becomes"
FIELDS = ("name", "parent_id", "wecom_number")


def judge(row: ImportRow, standing: Standing) -> Fate:
    """What becomes of a row that names a department. Fault: department_invalid, name_taken."""
    names, number = names_of(row.values["department"]), row.values.get("number")
    there = standing.find(row)
    if there is None:
        return Fate.NEW
    department = standing.departments[there]
    after = _becomes(row, department, standing)
    place = (*(standing.names[after["parent_id"]] if after["parent_id"] else ()), after["name"])
    is_renamed, is_moved = after["name"] != department.name, after["parent_id"] != department.parent_id
    if (is_renamed or is_moved) and standing.by_names.get(place, there) != there:
        text = gettext_noop(
            "Another department here has this name at this place. If that one is renamed or moved as well, read again "
            "afterwards."
        )
        raise Fault("name_taken", text, column="department")
    if is_renamed or is_moved:
        before = standing.shown(there)
        row.changes.append({"field": "department", "before": before, "after": BETWEEN.join(names)})
        text = RENAMED if is_renamed else MOVED
        row.hints.append(Fault("renamed" if is_renamed else "moved", text, column="department").kept())
    if is_renamed and department.name_en:
        text = gettext_noop("Its English name %(name)s stays: see whether it still fits.")
        row.hints.append(Fault("english_stays", text, column="department", name=department.name_en).kept())
    if number and number != department.wecom_number:
        row.changes.append({"field": "number", "before": _shown(department), "after": str(number)})
    row.found = {ROW: there, WAS: {name: getattr(department, name) for name in FIELDS}, BECOMES: after}
    return Fate.CHANGED if row.changes else Fate.UNCHANGED


RENAMED = gettext_noop(
    "It is renamed: WeCom's number says that it is the same department. Whoever belongs to it stays."
)
MOVED = gettext_noop("It is moved with all below it: WeCom's number says that it is the same department.")


def _shown(department: Department) -> str:
    return "" if department.wecom_number is None else str(department.wecom_number)


def _becomes(row: ImportRow, department: Department, standing: Standing) -> dict[str, Any]:
    """Name and place are the book's where its number says which it is; by its name it is where it is."""
    found: dict[str, Any] = {name: getattr(department, name) for name in FIELDS}
    number, above = row.values.get("number"), row.values.get("above")
    if not number:
        return found
    if number == department.wecom_number:
        names = names_of(row.values["department"])
        found["name"] = names[-1]
        if above:
            found["parent_id"] = standing.by_number.get(above) or standing.by_names.get(names[:-1])
    found["wecom_number"] = number
    return found


def of_row(row: ImportRow, standing: Standing) -> Department:
    """The department that a row names, made with what is missing above it."""
    known = standing.find(row)
    return (
        _made(names_of(row.values["department"]), standing) if known is None else standing.departments[known]
    )


def bring(row: ImportRow, standing: Standing) -> None:
    """Make, rename or move it as it was judged."""
    number = row.values.get("number")
    if ROW not in row.found:
        _made(names_of(row.values["department"]), standing, above=row.values.get("above"), number=number)
        return
    department = Department.objects.get(pk=row.found[ROW])
    _write(department, row.found[BECOMES])
    standing.read_departments()


def _made(
    names: Names, standing: Standing, *, above: int | None = None, number: int | None = None
) -> Department:
    """The one with these names, made with what is missing above it; below the one with the number `above`, if known."""
    if (known := standing.by_names.get(names)) is not None:
        return standing.departments[known]
    place = standing.by_number.get(above or 0)
    parent = standing.departments[place] if place is not None else None
    if parent is None and len(names) > 1:
        parent = _made(names[:-1], standing)
    made = Department(name=names[-1], parent=parent, wecom_number=number)
    made.save()
    standing.add(made)
    return made


def put_back(row: ImportRow) -> bool:
    """As it was called and lay before, where nobody has changed it since and its place is free; whether it was."""
    department = Department.objects.filter(pk=row.found.get(ROW)).first()
    if department is None or {name: getattr(department, name) for name in FIELDS} != row.found[BECOMES]:
        return False
    was = row.found[WAS]
    beside = Department.objects.filter(name=was["name"], parent=was["parent_id"]).exclude(pk=department.pk)
    is_parent_there = was["parent_id"] is None or Department.objects.filter(pk=was["parent_id"]).exists()
    if beside.exists() or not is_parent_there:
        return False
    _write(department, was)
    return True


def _write(department: Department, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(department, name, value)
    department.save()
