"""What can be imported here: the company's address book, as WeCom or a table says it."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from core.exchange import cells
from core.exchange.cells import Fault
from core.exchange.declared import Column, Exchanged
from core.exchange.files import Cell
from people.actors import actor_label
from people.rights import Right
from people.rules import has_right
from people.services import address_book

KIND = "address_book"
MOST_DIGITS = 15


def _number(cell: Cell) -> int | None:
    found = cells.text(cell)
    if found is None:
        return None
    if not (found.isascii() and found.isdecimal() and len(found) <= MOST_DIGITS and int(found)):
        raise Fault("number_invalid", gettext_noop("A number of a department is digits alone."))
    return int(found)


COLUMNS = (
    Column(
        name="userid",
        heading=_("WeCom account"),
        parse=cells.at_most(64, cells.text),
        synonyms=("企业微信账号", "账号", "userid", "user id", "wecom account"),
        example="zhangsan",
        words=_("By it alone somebody is known. A row without one names a department."),
        is_personal=True,
    ),
    Column(
        name="name",
        heading=_("full name"),
        parse=cells.at_most(60, cells.name),
        synonyms=("姓名", "名字", "成员", "full name"),
        example="张三",
        is_personal=True,
    ),
    Column(
        name="department",
        heading=_("department"),
        parse=cells.at_most(400, cells.text),
        synonyms=("部门", "所在部门", "所属部门"),
        example="云帆数据/数据分析部",
        words=_(
            "From the top down, with / between. A row without one says that the account is seen no more."
        ),
    ),
    Column(
        name="position",
        heading=_("position"),
        parse=cells.at_most(100, cells.text),
        synonyms=("职务", "职位", "岗位", "title", "job title"),
        example="数据分析师",
    ),
    Column(
        name="number",
        heading=_("department number in WeCom"),
        parse=_number,
        synonyms=("部门编号", "部门ID", "department id"),
        words=_("By it a department is known whatever it is called; once brought in it is kept."),
    ),
    Column(
        name="above",
        heading=_("number of the department above"),
        parse=_number,
        synonyms=("上级部门ID", "上级部门编号", "parent id"),
    ),
)


def _together(values: Mapping[str, Any]) -> list[str]:
    """An account, and a department without one, stands in a file once."""
    if values["userid"]:
        return [f"userid|{values['userid'].lower()}"]
    return [f"department|{values['department']}"]


EXCHANGED = [
    Exchanged(
        kind=KIND,
        title=_("Address book (WeCom)"),
        columns=COLUMNS,
        may=lambda person: has_right(person, Right.KEEP),
        sees_all=lambda person: has_right(person, Right.KEEP),
        signed=actor_label,
        together=_together,
        agree=lambda values: {},
        check=lambda batch, rows: address_book.check(rows, by=batch.owner),
        apply=lambda batch, rows: address_book.bring_in(rows, by=batch.owner),
        undo=lambda batch, rows: address_book.put_back(rows),
    )
]
