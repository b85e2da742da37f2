"""WeCom's address book, read and laid before whoever keeps the house: what would be made, changed and left."""

import csv
import io
from collections.abc import Iterable, Iterator

from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import DomainError, Refused
from core.exchange.models import Import
from core.exchange.services import imports
from messaging import connected
from messaging.models import WeComConnection
from messaging.providers.errors import ProviderError
from messaging.wecom.client import WeComClient
from messaging.wecom.contacts import WHOLE_COMPANY, Colleague, Contacts, Department
from people.actors import require_right
from people.enums import EmployeeStatus
from people.exchange import KIND
from people.models import Department as OurDepartment
from people.models import Employee, User
from people.rights import Right
from people.services.address_book import BETWEEN

# A company of thirty thousand is one answer.
ANSWER_BYTES = 4 * 1024 * 1024
COLUMNS = ("userid", "name", "department", "number", "above")
Row = tuple[str, str, str, int | str, int | str]


class Unanswered(DomainError):
    """WeCom did not tell its address book."""

    status = 503


def read(connection: WeComConnection, *, by: User) -> Import:
    """Ask WeCom, outside any transaction, and have what it says checked as an import; nothing is changed yet.

    Forbidden: not_permitted. Unanswered with WeCom's code. Refused: range_empty, imports_under_way.
    """
    require_right(by, Right.KEEP)
    client = WeComClient(**connected.of_wecom(connection))
    client.answer_bytes = ANSWER_BYTES
    contacts = Contacts(client)
    try:
        departments, colleagues = contacts.departments(), contacts.colleagues()
    except ProviderError as error:
        raise Unanswered(error.code, _("WeCom did not tell its address book.")) from error
    if not colleagues:
        raise Refused("range_empty", _("The application sees nobody in WeCom's address book."))
    named = _named(departments)
    rows = [
        *_departments(departments, named),
        *_members(colleagues, named),
        *_seen_no_more({one.userid.lower() for one in colleagues}),
    ]
    name = _("WeCom address book %(day)s") % {"day": timezone.localtime().strftime("%Y-%m-%d %H:%M")}
    return imports.send(kind=KIND, name=f"{name}.csv", content=_as_table(rows), by=by)


def _departments(departments: Iterable[Department], named: dict[int, str]) -> Iterator[Row]:
    """Those above before those below; the number above where it is seen, too."""
    for one in sorted(departments, key=lambda one: (named[one.number].count(BETWEEN), one.number)):
        yield "", "", named[one.number], one.number, one.parent if one.parent in named else ""


def _named(departments: Iterable[Department]) -> dict[int, str]:
    """Each department's names from the top down. WeCom's root is the department that was it before, else our only one
    at the top; its name here stays."""
    known = {one.number: one for one in departments}
    tops = list(OurDepartment.objects.filter(wecom_number=WHOLE_COMPANY).values_list("name", flat=True))
    if not tops:
        tops = list(OurDepartment.objects.filter(parent__isnull=True).values_list("name", flat=True)[:2])

    def path(number: int) -> Iterator[str]:
        seen = set[int]()
        while number in known and number not in seen:
            seen.add(number)
            is_root = number == WHOLE_COMPANY and len(tops) == 1
            yield tops[0] if is_root else known[number].name.replace(BETWEEN, "／")
            number = known[number].parent

    return {number: BETWEEN.join(reversed(list(path(number)))) for number in sorted(known)}


def _members(colleagues: Iterable[Colleague], named: dict[int, str]) -> Iterator[Row]:
    """Of several departments the first that is seen; without any the company."""
    for one in colleagues:
        seen = [number for number in one.departments if number in named]
        number = (seen or [WHOLE_COMPANY])[0]
        yield one.userid, one.name, named.get(number, ""), number, ""


def _seen_no_more(there: set[str]) -> Iterator[Row]:
    """Whoever has a WeCom account here that WeCom does not show."""
    files = Employee.objects.exclude(wecom_userid="").exclude(
        status__in=(EmployeeStatus.LEFT, EmployeeStatus.CANCELLED)
    )
    accounts = User.objects.filter(is_active=True).exclude(wecom_userid="")
    found = dict([*accounts.values_list("wecom_userid", "name"), *files.values_list("wecom_userid", "name")])
    yield from ((userid, name, "", "", "") for userid, name in found.items() if userid.lower() not in there)


def _as_table(rows: Iterable[Row]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig")
