"""The company's address book brought into departments, employee files and accounts: judged, brought in, put back.

A row names somebody by the user id of WeCom, and by nothing else; a row without one names a department. Departments are
known by WeCom's number once it was learnt, whatever they are called now, else by their names from the top down. New
members become employee files, never accounts: nobody gets a way in by an address book. Whoever is known is moved to the
department that the book names. Nothing is ever deleted.
"""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext_noop

from core.exchange.cells import Fault
from core.exchange.models import Fate, ImportRow
from people.actors import require_right
from people.enums import EmployeeStatus
from people.models import Department, Employee, User
from people.names import sort_key
from people.rights import Right
from people.rules import may_keep
from people.services import address_departments as departments
from people.services import employees
from people.services.address_standing import BETWEEN, GONE, Standing, names_of

FILE, ACCOUNT, WAS, TO = "employee", "account", "department", "moved_to"
# WeCom names none to applications.
NO_POSITION = "–"


def judge(row: ImportRow, standing: Standing, by: User) -> None:
    """Write into the row what becomes of it."""
    row.faults, row.hints, row.changes, row.found = [], [], [], {}
    try:
        row.fate = _fate(row, standing, by)
    except Fault as fault:
        row.fate, row.faults = Fate.REFUSED, [fault.kept()]


def _fate(row: ImportRow, standing: Standing, by: User) -> Fate:
    userid, path = row.values["userid"], row.values["department"]
    if not path:
        return _seen_no_more(row, standing)
    if not userid:
        return departments.judge(row, standing)
    there = standing.find(row)
    files, accounts = standing.files.get(userid.lower(), []), standing.accounts.get(userid.lower(), [])
    if len(files) > 1 or len(accounts) > 1:
        text = gettext_noop("Two have this WeCom account: it has to be taken from one of them first.")
        raise Fault("account_twice", text, column="userid")
    if files:
        return _file(row, files[0], standing, there)
    if accounts:
        return _account(row, accounts[0], standing, there, by)
    return _member(row, standing)


def _seen_no_more(row: ImportRow, standing: Standing) -> Fate:
    """Whoever WeCom shows no more stays as they are: that they left is for a person to say."""
    known = (row.values["userid"] or "").lower()
    if not (standing.files.get(known) or standing.accounts.get(known)):
        text = gettext_noop("Neither a department nor anybody who is known here.")
        raise Fault("nobody", text, column="userid")
    text = gettext_noop("WeCom shows this account no more: nothing is changed here.")
    row.hints.append(Fault("seen_no_more", text).kept())
    return Fate.UNCHANGED


def _file(row: ImportRow, file: Employee, standing: Standing, there: int | None) -> Fate:
    row.found[FILE] = file.pk
    _hint_at_name(row, file.name)
    if file.status in GONE:
        text = gettext_noop("The file of this person is closed: it stays as it is.")
        row.hints.append(Fault("closed", text).kept())
        return Fate.UNCHANGED
    return _moved(row, file.department_id, standing, there)


def _account(row: ImportRow, account: User, standing: Standing, there: int | None, by: User) -> Fate:
    row.found[ACCOUNT] = account.pk
    _hint_at_name(row, account.name)
    fate = _moved(row, account.department_id, standing, there)
    if fate == Fate.CHANGED and not may_keep(by, account):
        row.changes = []
        text = gettext_noop("Only an administrator may change this account.")
        raise Fault("not_permitted", text, column="userid")
    return fate


def _moved(row: ImportRow, present: int | None, standing: Standing, there: int | None) -> Fate:
    if there is not None and there == present:
        return Fate.UNCHANGED
    row.found[WAS] = present
    after = BETWEEN.join(names_of(row.values["department"]))
    row.changes.append({"field": "department", "before": standing.shown(present), "after": after})
    return Fate.CHANGED


def _member(row: ImportRow, standing: Standing) -> Fate:
    if not row.values["name"]:
        raise Fault("missing", gettext_noop("The name is missing."), column="name")
    if sort_key(row.values["name"]) in standing.namesakes:
        text = gettext_noop(
            "A file of this name has no WeCom account. If it is the same person, enter the account there and read "
            "again."
        )
        raise Fault("namesake", text, column="name")
    return Fate.NEW


def _hint_at_name(row: ImportRow, name: str) -> None:
    if row.values["name"] and sort_key(name) != sort_key(row.values["name"]):
        text = gettext_noop("Here the name is %(name)s, which stays.")
        row.hints.append(Fault("name_stays", text, column="name", name=name).kept())


def check(rows: Sequence[ImportRow], *, by: User) -> None:
    """Say of each row what would become of it. Nothing is written; as many queries for many rows as for one."""
    standing = Standing.of(rows)
    for row in rows:
        judge(row, standing, by)


def bring_in(rows: Sequence[ImportRow], *, by: User) -> None:
    """Make and move what these rows say, each judged anew. Must run in a transaction. Forbidden: not_permitted."""
    require_right(by, Right.KEEP)
    standing = Standing.of(rows, is_held=True)
    for row in rows:
        judge(row, standing, by)
        if row.fate not in (Fate.NEW, Fate.CHANGED):
            continue
        if row.values["userid"]:
            _do(row, departments.of_row(row, standing))
        else:
            departments.bring(row, standing)


def _do(row: ImportRow, department: Department) -> None:
    row.found[TO] = department.pk
    if FILE in row.found:
        file = Employee.objects.get(pk=row.found[FILE])
        employees.assign(employee_id=file.pk, department=department, position=file.position)
    elif ACCOUNT in row.found:
        account = User.objects.get(pk=row.found[ACCOUNT])
        account.department = department
        account.save(update_fields=["department"])
    else:
        file = employees.open_file(
            name=row.values["name"],
            department=department,
            position=row.values["position"] or NO_POSITION,
            wecom_userid=row.values["userid"],
        )
        employees.set_status(employee_id=file.pk, status=EmployeeStatus.ACTIVE)
        row.made[FILE] = file.pk


def put_back(rows: Iterable[ImportRow]) -> None:
    """Whoever was moved goes back, where nobody has moved them since; what was made stays, and the row says so."""
    for row in rows:
        if not row.changes:
            text = gettext_noop("Files and departments that were made stay: nothing is deleted.")
            row.left = Fault("stays", text).kept()
        elif not (_back(row) if row.values["userid"] else departments.put_back(row)):
            row.left = Fault("touched", gettext_noop("Somebody has changed this since: it stays.")).kept()


def _back(row: ImportRow) -> bool:
    moved_to, was = row.found.get(TO), row.found.get(WAS)
    if moved_to is None or (was is not None and not Department.objects.filter(pk=was).exists()):
        return False
    if FILE in row.found:
        file = Employee.objects.select_for_update().filter(pk=row.found[FILE], department=moved_to).first()
        if file is None or was is None:
            return False
        employees.assign(
            employee_id=file.pk, department=Department.objects.get(pk=was), position=file.position
        )
        return True
    account = User.objects.select_for_update(of=("self",)).filter(
        pk=row.found[ACCOUNT], department=moved_to
    ).first()  # fmt: skip
    if account is None:
        return False
    account.department_id = was
    account.save(update_fields=["department"])
    return True
