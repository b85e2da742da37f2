"""One large table of candidates: checked, imported, checked once more, taken back; seconds and memory of each."""

import io
import resource
import time
from collections.abc import Callable
from datetime import date
from typing import Any

from django.utils import timezone
from rich.console import Console
from rich.table import Table

from core.exchange import writing
from core.exchange.models import Import
from core.exchange.services import imports
from core.jobs import works
from people.enums import Role
from people.models import Department, User
from recruitment.models import InterviewPlan, Opening

ROWS, GOAL_SECONDS, GOAL_MEGABYTES = 20_000, 180.0, 250.0
HEADINGS = ["姓名", "手机号", "邮箱", "应聘岗位", "来源"]
FAMILY, GIVEN = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗", "伟芳娜秀敏静丽强磊军洋勇艳杰涛明超兰霞平刚桂英华"
OPENINGS, BAD_OF = 20, 20


def table(rows: int) -> bytes:
    """A workbook of so many people, every twentieth of them with something wrong."""

    def line(number: int) -> list[Any]:
        name = (
            FAMILY[number % len(FAMILY)]
            + GIVEN[number // 20 % len(GIVEN)]
            + GIVEN[number // 480 % len(GIVEN)]
        )
        phone = "12345" if number % BAD_OF == 0 else f"13{800_000_000 + number}"
        return [name, phone, f"bench-import-{number}@example.com", _title(number % OPENINGS), "校园招聘"]

    to = io.BytesIO()
    writing.write(writing.XLSX, to, HEADINGS, (line(number) for number in range(rows)))
    return to.getvalue()


def _title(number: int) -> str:
    return f"导入测试{number}"


def run(console: Console, *, rows: int = ROWS) -> dict[str, Any]:
    """What each part takes; `is_well`: checked and imported within the goal, in flat memory, and right."""
    by = _surroundings()
    content = table(rows)
    parts: dict[str, float] = {}
    floor = _megabytes()

    def timed(name: str, work: Callable[[], Any]) -> Any:
        began = time.perf_counter()
        answer = work()
        while works.run_due(works.SLOW):
            pass
        parts[name] = round(time.perf_counter() - began, 1)
        return answer

    def send() -> Import:
        return imports.send(kind="candidates", name="bench.xlsx", content=content, by=by)

    def confirm(batch: Import) -> Import:
        return imports.confirm(import_id=batch.pk, digest=batch.digest, by=by)

    first = timed("read and checked", send)
    timed("imported", lambda: confirm(first))
    counts = first.counts()
    again = timed("checked once more", send)
    repeated = again.counts()
    timed("taken back", lambda: imports.undo(import_id=first.pk, by=by))
    grown = round(_megabytes() - floor, 1)
    bad = len(range(0, rows, BAD_OF))
    total = parts["read and checked"] + parts["imported"]
    is_right = (counts["new"], counts["refused"], repeated["unchanged"]) == (rows - bad, bad, rows - bad)
    shown = Table("part", "seconds", "rows a second", title=f"A table of {rows} rows, {bad} of them bad")
    for name, seconds in parts.items():
        shown.add_row(name, f"{seconds}", f"{rows / max(seconds, 0.1):.0f}")
    console.print(shown)
    console.print(
        f"checked and imported in {total:.1f} s (goal {GOAL_SECONDS:.0f}), memory grew by {grown} MB"
    )
    return {
        "rows": rows,
        "seconds": parts,
        "megabytes": grown,
        "counts": counts,
        "again": repeated,
        "is_well": bool(is_right and total < GOAL_SECONDS * rows / ROWS + 10 and grown < GOAL_MEGABYTES),
    }


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _surroundings() -> User:
    by = User.objects.create_user(
        username=f"import-{timezone.now():%H%M%S%f}", name="导入", roles=[Role.LEAD]
    )
    department = Department.objects.create(name=f"导入测试部{by.pk}")
    plan = InterviewPlan.objects.create(name=f"导入测试{by.pk}")
    for number in range(OPENINGS):
        Opening.objects.create(
            title=_title(number),
            department=department,
            interview_plan=plan,
            specialist=by,
            target_month=date(timezone.localdate().year, 12, 1),
        )
    return by
