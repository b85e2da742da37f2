"""The items of a plan: brought to what is wanted by the plan's regeneration, marked done by people."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.bulk import update_rows
from core.errors import NotFound, Refused
from people.actors import Actor, require_right
from people.calendar import WorkingDate
from people.rights import Right
from training.choice import Wanted
from training.due import due_dates
from training.enums import ItemState, PlanState
from training.models import PlanItem, TrainingPlan


@dataclass(slots=True)
class Changes:
    """What a regeneration did to the items."""

    added: list[PlanItem] = field(default_factory=list)
    removed: list[PlanItem] = field(default_factory=list)
    updated: list[PlanItem] = field(default_factory=list)
    kept_done: int = 0

    def __bool__(self) -> bool:
        """Whether anything changed."""
        return bool(self.added or self.removed or self.updated)


def standing_items(plans: Iterable[TrainingPlan]) -> dict[int, dict[int, PlanItem]]:
    """The live items of locked plans under their locks, by plan and course. A plan that was only just made has none."""
    old = [plan.pk for plan in plans if plan.version]
    found: dict[int, dict[int, PlanItem]] = {}
    if old:
        rows = PlanItem.objects.live().filter(plan__in=old).select_for_update(of=("self",))
        for item in rows.select_related("course", "skill").order_by("pk"):
            found.setdefault(item.plan_id, {})[item.course_id] = item
    return found


def work_out_items(
    plan: TrainingPlan,
    standing: Mapping[int, PlanItem],
    wanted: Mapping[int, Wanted],
    *,
    start: date | None,
    version: int,
) -> Changes:
    """What brings a plan's items to `wanted` (by course). Done items are left, planned ones keep their row; what is not
    wanted any more is removed at once, the rest is written by `write_items`."""
    changes = Changes()
    dates = due_dates(start, (row.course.offset_working_days for row in wanted.values()))
    for course_id, item in standing.items():
        if item.state == ItemState.DONE:
            changes.kept_done += 1
        elif course_id not in wanted:
            item.remove(version=version)
            item.save(update_fields=["state", "removed_in_version"])
            changes.removed.append(item)
        elif _set(item, _fields(wanted[course_id], dates)):
            changes.updated.append(item)
    changes.added = [
        PlanItem(plan=plan, course=row.course, added_in_version=version, **_fields(row, dates))
        for course_id, row in wanted.items()
        if course_id not in standing
    ]
    return changes


def write_items(changes: Sequence[Changes]) -> None:
    """Write what was worked out for many plans, with two statements."""
    update_rows([item for change in changes for item in change.updated], _BROUGHT)
    PlanItem.objects.bulk_create(item for change in changes for item in change.added)


def mark_done(*, item_id: int, by: Actor) -> PlanItem:
    """The course was taken: the item is done, and stays in the plan through every regeneration.

    Raises Forbidden("not_permitted"), NotFound("item_not_found"), Refused("plan_closed"), Refused("item_not_planned").
    """
    require_right(by, Right.TRAIN)
    with transaction.atomic():
        item = _locked(item_id)
        if item.state != ItemState.PLANNED:
            raise Refused("item_not_planned", _("Only a planned course can be marked done."))
        item.complete()
        item.save(update_fields=["state", "done_at"])
        return item


def mark_not_done(*, item_id: int, by: Actor) -> PlanItem:
    """It was marked done by mistake: the item is planned again, until the next regeneration decides.

    Raises Forbidden("not_permitted"), NotFound("item_not_found"), Refused("plan_closed"), Refused("item_not_done").
    """
    require_right(by, Right.TRAIN)
    with transaction.atomic():
        item = _locked(item_id)
        if item.state != ItemState.DONE:
            raise Refused("item_not_done", _("This course is not marked done."))
        item.reopen()
        item.save(update_fields=["state", "done_at"])
        return item


def _locked(item_id: int) -> PlanItem:
    """The item under its plan's lock, as a regeneration takes it: plan first, then item."""
    plan_id = PlanItem.objects.filter(pk=item_id).values_list("plan", flat=True).first()
    plan = TrainingPlan.objects.select_for_update(of=("self",)).filter(pk=plan_id).first()
    if plan is None:
        raise NotFound("item_not_found", _("There is no such item in a training plan."))
    if plan.state == PlanState.CLOSED:
        raise Refused("plan_closed", _("This training plan is closed."))
    return PlanItem.objects.select_for_update(of=("self",)).select_related("course", "plan").get(pk=item_id)


_BROUGHT = [
    "skill", "reason", "required_level", "shown_level", "evidence",
    "offset_working_days", "due_on", "provisional_years",
]  # fmt: skip


def _fields(row: Wanted, dates: Mapping[int, WorkingDate | None]) -> dict[str, Any]:
    offset = row.course.offset_working_days
    due = dates[offset]
    return {
        "skill": row.required.skill,
        "reason": row.reason.value,
        "required_level": row.required.required_level,
        "shown_level": row.required.shown_level,
        "evidence": row.required.evidence,
        "offset_working_days": offset,
        "due_on": due.date if due else None,
        "provisional_years": list(due.provisional_years) if due else [],
    }


def _set(item: PlanItem, fields: dict[str, Any]) -> bool:
    """Set what differs; whether anything did."""
    changed = [name for name, value in fields.items() if getattr(item, name) != value]
    for name in changed:
        setattr(item, name, fields[name])
    return bool(changed)
