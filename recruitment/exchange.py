"""What can be imported here: candidates with their applications."""

from collections.abc import Iterable, Mapping
from functools import cache, partial
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from core.exchange import archives, cells
from core.exchange.declared import Column, Exchanged
from core.exchange.files import Cell
from core.exchange.models import Import, ImportRow
from people.actors import actor_label
from people.names import sort_key
from people.rights import Right
from people.rules import has_right, is_lead
from recruitment.enums import ApplicationSource, ApplicationStage, OpeningState
from recruitment.models import Opening
from recruitment.resumes.services import many
from recruitment.services import bringing_in

MOST_OFFERED = 200
# What people write for each way, one blank between.
SOURCES = {
    ApplicationSource.OWN: "投递 自荐 官网 公司官网 邮箱投递 website own",
    ApplicationSource.JOB_BOARD: (
        "网络招聘 招聘平台 智联 智联招聘 前程无忧 51job BOSS BOSS直聘 拉勾 拉勾网 猎聘 猎聘网 脉脉 58同城"
    ),
    ApplicationSource.CAMPUS: "校招 校园 校园宣讲会 双选会 campus",
    ApplicationSource.REFERRAL: "内推 员工推荐 推荐 referral",
    ApplicationSource.AGENCY: "猎头 猎头公司 中介 agency headhunter",
    ApplicationSource.SEARCH: "主动搜寻 人才库 sourcing",
    ApplicationSource.PUBLIC_PAGE: "招聘页面 申请页",
}
LANGUAGES = {"简体中文": "zh-hans", "中文": "zh-hans", "汉语": "zh-hans", "Chinese": "zh-hans", "zh": "zh-hans",
             "English": "en", "英语": "en", "英文": "en", "en": "en"}  # fmt: skip


def _openings() -> Iterable[str]:
    titles = Opening.objects.filter(state=OpeningState.OPEN).order_by("-id").values_list("title", flat=True)
    return list(dict.fromkeys(titles[:MOST_OFFERED]))


def _source(cell: Cell) -> str | None:
    """By its name in either language, or by what people write for it; everything else is another way."""
    found = cells.text(cell)
    return None if found is None else _sources().get(cells.key(found), ApplicationSource.OTHER.value)


@cache
def _sources() -> dict[str, str]:
    known = {word: str(source.value) for source, words in SOURCES.items() for word in words.split()}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            known |= {str(label): str(value) for value, label in ApplicationSource.choices}
    return {cells.key(word): source for word, source in known.items()}


COLUMNS = (
    Column(
        name="name",
        heading=_("full name"),
        parse=cells.at_most(60, cells.name),
        synonyms=(
            "姓名",
            "名字",
            "候选人",
            "候选人姓名",
            "应聘者",
            "应聘人",
            "full name",
            "candidate",
            "candidate name",
        ),
        required=True,
        example="张三",
        words=_("As it stands on the identity card."),
        is_personal=True,
    ),
    Column(
        name="phone",
        heading=_("phone"),
        parse=cells.phone,
        synonyms=(
            "手机",
            "手机号",
            "手机号码",
            "电话",
            "电话号码",
            "联系电话",
            "联系方式",
            "mobile",
            "mobile phone",
            "phone number",
            "tel",
            "telephone",
        ),
        example="138 0013 8000",
        words=_("A number or an e-mail address is needed. A number abroad begins with + and its country."),
        is_personal=True,
    ),
    Column(
        name="email",
        heading=_("e-mail"),
        parse=cells.at_most(254, cells.email),
        synonyms=(
            "邮箱",
            "电子邮箱",
            "电子邮件",
            "邮件",
            "邮箱地址",
            "mail",
            "e-mail address",
            "email address",
        ),
        example="zhangsan@example.com",
        words=_("A number or an e-mail address is needed."),
        is_personal=True,
    ),
    Column(
        name="opening",
        heading=_("opening"),
        parse=cells.at_most(120, cells.text),
        synonyms=(
            "应聘岗位",
            "应聘职位",
            "岗位",
            "职位",
            "岗位名称",
            "职位名称",
            "招聘岗位",
            "招聘职位",
            "招聘需求",
            "投递职位",
            "投递岗位",
            "position",
            "job",
            "job title",
            "applied position",
            "requisition",
        ),
        required=True,
        example="数据分析师",
        words=_(
            "Its title in either language, or its number where several openings have one title. It has to be open."
        ),
        choices=_openings,
    ),
    Column(
        name="source",
        heading=_("source"),
        parse=_source,
        synonyms=("来源", "渠道", "招聘渠道", "简历来源", "来源渠道", "channel"),
        example="校园招聘",
        words=_("How the application came. What is none of the choices is entered as another way."),
        choices=lambda: [str(label) for label in ApplicationSource.labels],
    ),
    Column(
        name="planned_start",
        heading=_("planned start"),
        parse=cells.day,
        synonyms=(
            "计划入职",
            "计划入职日期",
            "入职日期",
            "预计入职日期",
            "预计入职",
            "到岗时间",
            "start date",
            "planned start date",
        ),
        example="2026-12-14",
        words=_(
            "A working day from today on. Its preparation is opened at once; leave it empty while nothing is agreed."
        ),
    ),
    Column(
        name="language",
        heading=_("language"),
        parse=cells.one_of(LANGUAGES),
        synonyms=("语言", "沟通语言"),
        example="简体中文",
        words=_("In which the candidate is written to."),
        choices=lambda: ["简体中文", "English"],
    ),
    Column(
        name="other_contacts",
        heading=_("other contact details"),
        parse=cells.at_most(1_000, cells.words),
        synonyms=("其他联系方式", "微信", "微信号", "qq", "wechat", "备用电话"),
        example="微信 zhangsan88",
        words=_("Nothing is sent to these; they are found by the search."),
        is_personal=True,
    ),
)


def _together(values: Mapping[str, Any]) -> list[str]:
    """Two rows of a file are one when the same number or address applies for the same opening."""
    opening = cells.key(values["opening"])
    return [f"{name}|{values[name]}|{opening}" for name in ("phone", "email") if values[name]]


def _agree(values: Mapping[str, Any]) -> dict[str, str]:
    """A number, and an address, is one person's throughout a file."""
    name = sort_key(values["name"])
    return {f"{column}|{values[column]}": name for column in ("phone", "email") if values[column]}


def _made(batch: Import, people: set[int]) -> set[int]:
    """Those of these people whom this file made."""
    made = ImportRow.objects.filter(batch=batch, made__has_key=bringing_in.PERSON).order_by()
    return set(made.values_list(f"made__{bringing_in.PERSON}", flat=True)) & people


def _made_of(batch: Import, rows: list[ImportRow]) -> set[int]:
    """The same of the people who stand in these rows."""
    return _made(batch, {row.found[bringing_in.PERSON] for row in rows if bringing_in.PERSON in row.found})


def _apply(batch: Import, rows: list[ImportRow]) -> None:
    bringing_in.bring_in(rows, by=batch.owner, made_here=partial(_made, batch))


def _undo(batch: Import, rows: list[ImportRow]) -> None:
    bringing_in.take_away(rows, by=batch.owner, made_too=_made_of(batch, rows))


def _apply_files(batch: Import, rows: list[ImportRow]) -> None:
    many.bring_in(batch, rows, by=batch.owner, made_here=partial(_made, batch))


def _undo_files(batch: Import, rows: list[ImportRow]) -> None:
    many.take_away(rows, by=batch.owner, made_too=_made_of(batch, rows))


FILE_COLUMNS = (
    Column(
        name="folder",
        heading=_("folder (opening)"),
        parse=cells.at_most(120, cells.text),
        required=True,
        example="数据分析师",
        words=_("The first folder is called as the opening, or by its number. It has to be open."),
    ),
    Column(
        name="file",
        heading=_("file"),
        parse=cells.at_most(300, cells.text),
        required=True,
        example="张三-简历.pdf",
        words=_("PDF or Word (.docx). The name is read in the text, else in the file's name."),
        is_personal=True,
    ),
)


def _to_the_applied() -> tuple[str, Any]:
    listed = reverse("admin:recruitment_application_changelist")
    return f"{listed}?stage__exact={ApplicationStage.APPLIED}", _(
        "To the new applications: schedule interviews"
    )


EXCHANGED = [
    Exchanged(
        kind="candidates",
        title=_("Candidates"),
        columns=COLUMNS,
        may=lambda person: has_right(person, Right.RECRUIT),
        sees_all=is_lead,
        signed=actor_label,
        together=_together,
        agree=_agree,
        check=lambda batch, rows: bringing_in.check(rows, by=batch.owner),
        apply=_apply,
        undo=_undo,
        onward=_to_the_applied,
    ),
    Exchanged(
        kind="resumes",
        title=_("Résumés (ZIP)"),
        columns=FILE_COLUMNS,
        may=lambda person: has_right(person, Right.RECRUIT),
        sees_all=is_lead,
        signed=actor_label,
        together=lambda values: [],
        agree=lambda values: {},
        check=many.check,
        apply=_apply_files,
        undo=_undo_files,
        inspect=archives.inspect,
        lines=archives.lines,
        is_of_files=True,
    ),
]
