"""Which course a required skill asks for. Pure: rows in, rows out."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from training.enums import CourseKind, Reason
from training.knowledge import RequiredSkill
from training.models import Course


@dataclass(frozen=True, slots=True)
class Wanted:
    """A course that a plan must hold, and why."""

    course: Course
    reason: Reason
    required: RequiredSkill


@dataclass(frozen=True, slots=True)
class Choice:
    """The wanted courses by id, and the skills that need something no course offers."""

    wanted: dict[int, Wanted]
    uncovered: list[dict[str, Any]]


def choose(skills: Iterable[RequiredSkill], courses: Iterable[Course]) -> Choice:
    """A skill below its level: the course that leads to it. An unknown one: its diagnostic. Else nothing."""
    by_skill: dict[int | None, list[Course]] = {}
    for offered in courses:
        by_skill.setdefault(offered.skill_id, []).append(offered)
    wanted: dict[int, Wanted] = {}
    uncovered: list[dict[str, Any]] = []
    for required in skills:
        reason = reason_for(required)
        if reason is None:
            continue
        course = course_for(required, by_skill.get(required.skill.pk, []))
        if course is None:
            uncovered.append(
                {"skill": required.skill.code, "name": required.skill.name, "reason": reason.value}
            )
        else:
            wanted[course.pk] = Wanted(course, reason, required)
    return Choice(wanted, uncovered)


def reason_for(required: RequiredSkill) -> Reason | None:
    """Why the skill asks for something; None when it is shown well enough."""
    if required.shown_level is None:
        return Reason.UNKNOWN
    return Reason.GAP if required.shown_level < required.required_level else None


def course_for(required: RequiredSkill, courses: list[Course]) -> Course | None:
    """Unknown: the shortest diagnostic. Gap: the course that ends lowest among those reaching the required level, else
    the one that leads highest, provided that it leads above what was shown."""
    if required.shown_level is None:
        diagnostics = [course for course in courses if course.kind == CourseKind.DIAGNOSTIC]
        return min(diagnostics, key=lambda course: (course.hours, course.code), default=None)
    shown = required.shown_level
    upward = [course for course in courses if course.kind == CourseKind.COURSE and _end(course) > shown]
    sufficient = [course for course in upward if _end(course) >= required.required_level]

    def preference(course: Course) -> tuple[int, bool, Any, str]:
        # Of two that end at the same level, the one whose start the person reaches, then the shorter.
        return (_end(course), (course.from_level or 0) > shown, course.hours, course.code)

    if sufficient:
        return min(sufficient, key=preference)
    highest = max((_end(course) for course in upward), default=0)
    return min((course for course in upward if _end(course) == highest), key=preference, default=None)


def _end(course: Course) -> int:
    return course.to_level or 0
