"""What is there already of what an address book names: departments by number and by name, files, accounts."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models.functions import Lower
from django.utils.translation import gettext_noop

from core.exchange.cells import Fault
from core.exchange.models import ImportRow
from people.enums import EmployeeStatus
from people.models import Department, Employee, User
from people.names import sort_key

GONE = (EmployeeStatus.LEFT, EmployeeStatus.CANCELLED)
BETWEEN, DEEPEST, LONGEST_NAME = "/", 15, 100
Names = tuple[str, ...]


@dataclass(slots=True)
class Standing:
    """What is there already of what some rows name. Read in four queries, however many rows there are."""

    by_names: dict[Names, int] = field(default_factory=dict)
    by_number: dict[int, int] = field(default_factory=dict)
    names: dict[int, Names] = field(default_factory=dict)
    departments: dict[int, Department] = field(default_factory=dict)
    files: dict[str, list[Employee]] = field(default_factory=dict)
    accounts: dict[str, list[User]] = field(default_factory=dict)
    namesakes: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, rows: Sequence[ImportRow], *, is_held: bool = False) -> "Standing":
        """As it is now; `is_held`: under the locks of whoever brings it in, files before accounts."""
        found = cls()
        found.read_departments()
        ids = {row.values["userid"].lower() for row in rows if row.values["userid"]}
        files = Employee.objects.alias(known=Lower("wecom_userid")).filter(known__in=ids).order_by("pk")
        for file in files.select_for_update() if is_held else files:
            found.files.setdefault(file.wecom_userid.lower(), []).append(file)
        accounts = User.objects.alias(known=Lower("wecom_userid")).filter(known__in=ids).order_by("pk")
        for account in accounts.select_for_update(of=("self",)) if is_held else accounts:
            found.accounts.setdefault(account.wecom_userid.lower(), []).append(account)
        keys = {sort_key(row.values["name"]) for row in rows if row.values["name"]}
        unnamed = Employee.objects.filter(name_key__in=keys, wecom_userid="").exclude(status__in=GONE)
        found.namesakes = set(unnamed.values_list("name_key", flat=True))
        return found

    def read_departments(self) -> None:
        """As they are now. One query."""
        self.by_names, self.by_number, self.names, self.departments = {}, {}, {}, {}
        for row in Department.objects.order_by("path").defer("path"):
            self.add(row)

    def add(self, department: Department) -> None:
        """One that is there; those above it came before."""
        self.departments[department.pk] = department
        if department.wecom_number is not None:
            self.by_number[department.wecom_number] = department.pk
        above = self.names[department.parent_id] if department.parent_id else ()
        names = (*above, department.name)
        self.by_names[names], self.names[department.pk] = department.pk, names

    def find(self, row: ImportRow) -> int | None:
        """The department that a row names: by its number, else by the names from the top down."""
        known = self.by_number.get(row.values.get("number") or 0)
        return self.by_names.get(names_of(row.values["department"])) if known is None else known

    def shown(self, department: int | None) -> str:
        """As a row names it; "" for none."""
        return BETWEEN.join(self.names[department]) if department else ""


def names_of(path: str) -> Names:
    """The names in a row, from the top down. Fault for what is no such path."""
    names = tuple(part.strip() for part in path.split(BETWEEN))
    if not all(0 < len(name) <= LONGEST_NAME for name in names) or len(names) > DEEPEST:
        text = gettext_noop("Departments are named from the top down with / between, at most 15 of them.")
        raise Fault("department_invalid", text, column="department")
    return names
