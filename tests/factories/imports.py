"""Tables for tests: sent, checked, imported, as people do it."""

from collections.abc import Sequence
from typing import Any

from core.exchange.models import Import
from core.exchange.services import imports
from people.models import User
from tests.core.exchange.files import workbook
from tests.factories import people
from tests.factories.works import work_off

HEADINGS = ["姓名*", "手机号码", "邮箱", "应聘岗位（必填）", "来源", "入职日期"]


def table(*rows: Sequence[Any], headings: Sequence[str] = HEADINGS) -> bytes:
    """A workbook of candidates."""
    return workbook([headings, *rows])


def sent(*rows: Sequence[Any], by: User | None = None, headings: Sequence[str] = HEADINGS) -> Import:
    """A file, sent and checked."""
    by = by or people.recruiter()
    batch = imports.send(kind="candidates", name="名单.xlsx", content=table(*rows, headings=headings), by=by)
    work_off()
    batch.refresh_from_db()
    return batch


def imported(*rows: Sequence[Any], by: User | None = None) -> Import:
    """A file, sent, checked, confirmed and imported."""
    batch = sent(*rows, by=by)
    imports.confirm(import_id=batch.pk, digest=batch.digest, by=batch.owner)
    work_off()
    batch.refresh_from_db()
    return batch
