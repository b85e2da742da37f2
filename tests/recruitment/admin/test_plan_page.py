"""A plan's draft as one page: written in one step, refused whole, told to the second of two; tried, and previewed."""

import re
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.errors import Forbidden, Invalid, Refused
from people.actors import Party
from recruitment.models import InterviewPlan, MentionPoint, PlanVersion, Question, Stage
from recruitment.services import plan_writing, plans
from recruitment.services.plan_writing import Written
from tests.factories import people
from tests.factories import recruitment as make

pytestmark = pytest.mark.django_db


def address(version: PlanVersion, kind: str = "page") -> str:
    return reverse(f"admin:recruitment_planversion_{kind}", args=[version.pk])


def draft_of() -> PlanVersion:
    return make.plan(published=False).draft


def sent(version: PlanVersion, **changes) -> dict:
    """What the page sends of the draft as it stands."""
    written = plan_writing.read(version)
    found: dict = {
        "seen": written.mark,
        "notes": written.notes,
        "resume_hours": written.resume_hours,
        "read_aloud": written.read_aloud,
        "order": [],
    }
    for stage in written.stages:
        found["order"].append(key := f"s{stage.pk}")
        found |= {
            f"{key}-title": stage.title,
            f"{key}-title_en": stage.title_en,
            f"{key}-minutes": stage.minutes,
        }
        found[f"{key}-competencies"] = list(stage.competencies)
        for question in stage.questions:
            found["order"].append(key := f"q{question.pk}")
            found |= {f"{key}-text": question.text, f"{key}-text_en": question.text_en}
            for point in question.points:
                found["order"].append(key := f"p{point.pk}")
                found |= {f"{key}-label": point.label, f"{key}-competency": point.competency}
                found |= {f"{key}-weight": point.weight, f"{key}-wordings": "，".join(point.wordings)}
    return found | changes


def keys(data: dict, kind: str) -> list[str]:
    return [key for key in data["order"] if key.startswith(kind)]


def asked(version: PlanVersion) -> list[tuple[str, list[str]]]:
    return [
        (stage.title, [one.text for one in stage.questions]) for stage in plan_writing.read(version).stages
    ]


def test_the_whole_draft_stands_on_one_page_with_the_same_queries_however_long(as_hr):
    draft = draft_of()
    as_hr.get(address(draft))
    counts = []
    for number in (4, 5):
        with CaptureQueriesContext(connection) as found:
            answer = as_hr.get(address(draft))
        counts.append(len(found))
        text = answer.content.decode()
        for row in (*draft.stages.all(), *Question.objects.all(), *MentionPoint.objects.all()):
            assert f'name="order" value="{type(row).__name__.lower()[0].replace("m", "p")}{row.pk}"' in text
        stage = Stage.objects.create(version=draft, number=number, title="反问")
        question = Question.objects.create(stage=stage, number=1, text="您有什么想问的？")
        MentionPoint.objects.create(
            question=question, competency=make.competency(), label="关心", wordings=["发展", "培训"]
        )
    assert counts[0] == counts[1]
    assert "发展，培训" in as_hr.get(address(draft)).content.decode()


def test_saving_changes_moves_adds_and_removes_in_one_step(as_hr):
    draft = draft_of()
    data = sent(draft)
    first, second, third = keys(data, "s")
    question, gone = keys(data, "q")[1], keys(data, "q")[2]
    points = [key for key in data["order"] if key.startswith("p")]
    its_points = list(Question.objects.get(pk=question[1:]).mention_points.values_list("pk", flat=True))
    competency = make.competency().pk
    data |= {
        "notes": "请提前准备一个项目。\r\n", "resume_hours": 48, "read_aloud": "own", f"{first}-minutes": 9,
        # The second stage's question goes into the first one, before a new question with a point.
        "order": [
            third, *keys(data, "q")[3:], first, question, *[f"p{pk}" for pk in its_points], "qn1", "pn1",
        ],
        "qn1-text": "怎样核对数据？", "pn1-label": "核对", "pn1-competency": competency, "pn1-weight": 2,
        "pn1-wordings": "核对, 复核；抽查",
    }  # fmt: skip
    answer = as_hr.post(address(draft), data)
    assert (answer.status_code, answer.headers["Location"]) == (302, address(draft))
    moved = Question.objects.get(pk=question[1:])
    titles = list(draft.stages.order_by("number").values_list("pk", "number"))
    assert titles == [(int(third[1:]), 1), (int(first[1:]), 2)]
    assert (moved.stage_id, moved.number) == (int(first[1:]), 1)
    assert list(moved.mention_points.values_list("pk", flat=True)) == its_points
    new = Question.objects.get(text="怎样核对数据？")
    assert (new.stage_id, new.number) == (int(first[1:]), 2)
    assert list(new.mention_points.values_list("label", "wordings", "weight")) == [
        ("核对", ["核对", "复核", "抽查"], 2)
    ]
    assert not Question.objects.filter(pk=gone[1:]).exists()
    assert not Stage.objects.filter(pk=second[1:]).exists()
    assert MentionPoint.objects.count() < len(points) + 1
    draft.refresh_from_db()
    assert (draft.notes, draft.resume_hours, draft.read_aloud, draft.stages.get(pk=first[1:]).minutes) == (
        "请提前准备一个项目。",
        48,
        "own",
        9,
    )


def test_of_two_pages_open_at_once_the_second_is_told_and_keeps_what_was_typed(as_hr):
    draft = draft_of()
    one, other = sent(draft), sent(draft)
    first = keys(one, "s")[0]
    assert as_hr.post(address(draft), one | {f"{first}-title": "开场"}).status_code == 302
    answer = as_hr.post(address(draft), other | {f"{first}-title": "寒暄", "notes": "我的说明"})
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "已由他人保存" in text
    assert 'value="寒暄"' in text
    assert "我的说明" in text
    assert draft.stages.get(number=1).title == "开场"
    # Again from the same page: still refused.
    assert as_hr.post(address(draft), other | {f"{first}-title": "寒暄"}).status_code == 409
    # What is published meanwhile does not change, and leads to where it is read.
    make.publish(draft)
    assert as_hr.post(address(draft), sent(draft)).headers["Location"] == address(draft, "change")
    with pytest.raises(Refused, match="published"):
        plan_writing.write(
            version_id=draft.pk, written=plan_writing.read(draft), seen=plan_writing.read(draft).mark,
            by=people.recruiter(username="zhou"),
        )  # fmt: skip


def test_what_is_wrong_is_said_by_the_field_and_nothing_is_saved(as_hr):
    draft = draft_of()
    before = plan_writing.read(draft)
    data = sent(draft)
    stage, question, point = (keys(data, kind)[0] for kind in "sqp")
    wrong = {
        f"{stage}-title": "", f"{stage}-competencies": [], f"{question}-text": " ", f"{question}-prepare_seconds": 1,
        f"{point}-wordings": "，；", f"{point}-weight": 11, f"{point}-competency": "999999", "resume_hours": 1,
    }  # fmt: skip
    answer = as_hr.post(address(draft), data | wrong | {"notes": "改过的"})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert {name for name in wrong if f'id="id_{name}_error"' in text} == set(wrong)
    assert plan_writing.read(draft) == before


@pytest.mark.parametrize(
    ("changes", "error", "code"),
    [
        ({"title": "x" * 61}, Invalid, "field_invalid"),
        ({"pk": 10**15}, Invalid, "row_unknown"),
        ({"competencies": (10**9,)}, Invalid, "competency_unknown"),
    ],
)
def test_the_service_refuses_what_is_no_part_of_the_draft(changes, error, code):
    draft = draft_of()
    before = plan_writing.read(draft)
    stages = (replace(before.stages[0], **changes),)
    with pytest.raises(error) as refused:
        plan_writing.write(
            version_id=draft.pk,
            written=Written(before.notes, before.notes_en, 72, "off", stages),
            seen=before.mark,
            by=people.recruiter(),
        )
    assert refused.value.code == code
    assert plan_writing.read(draft) == before


def test_more_than_a_plan_holds_is_refused_whole():
    draft, by = draft_of(), people.recruiter()
    before = plan_writing.read(draft)
    stages = before.stages + tuple(
        plan_writing.WrittenStage(None, f"环节{number}", "", 5, (), ())
        for number in range(plan_writing.MOST_STAGES)
    )
    with pytest.raises(Invalid, match="plan_too_long"):
        plan_writing.write(
            version_id=draft.pk, written=Written("", "", 72, "off", stages), seen=before.mark, by=by
        )
    with pytest.raises(Forbidden):
        plan_writing.write(version_id=draft.pk, written=before, seen=before.mark, by=people.manager())
    assert plan_writing.read(draft) == before


def test_without_a_script_the_buttons_rearrange_the_page_and_save_nothing(as_hr):
    draft = draft_of()
    before = plan_writing.read(draft)
    data = sent(draft)
    first, second, _third = keys(data, "s")

    def order(deed: str) -> list[str]:
        answer = as_hr.post(address(draft), data | {"deed": deed})
        assert answer.status_code == 200
        page = answer.content.decode().split("<template")[0]
        return re.findall(r'name="order" value="(\w+)"', page)

    assert [key for key in order(f"down:{first}") if key[0] == "s"][:2] == [second, first]
    assert [key for key in order(f"up:{second}") if key[0] == "s"][:2] == [second, first]
    assert order(f"up:{first}") == data["order"]
    assert set(data["order"]) - set(order(f"remove:{keys(data, 'q')[0]}")) == {
        keys(data, "q")[0], *[f"p{one.pk}" for one in before.stages[0].questions[0].points],
    }  # fmt: skip
    assert order("add:")[-1] == "sn1"
    assert "qn1" in order(f"add:{first}")
    assert "pn1" in order(f"add:{keys(data, 'q')[0]}")
    assert order("add:p1") == order("remove:zzz") == data["order"]
    assert plan_writing.read(draft) == before


def test_an_answer_is_tried_in_place_against_the_points_as_they_are_typed(as_hr):
    draft = draft_of()
    data = sent(draft)
    question = keys(data, "q")[0]
    point = f"p{Question.objects.get(pk=question[1:]).mention_points.earliest('pk').pk}"
    typed = {f"{point}-wordings": "透视表", f"{question}-said": "我用透视表。", "deed": f"try:{question}"}
    found = as_hr.post(address(draft), data | typed | {"fragment": "1"}).content.decode()
    assert re.search("✓ 职责 <q>[^<]*透视表", found)
    assert "<html" not in found
    whole = as_hr.post(address(draft), data | typed).content.decode()
    assert re.search("✓ 职责 <q>[^<]*透视表", whole)
    assert "我用透视表。</textarea>" in whole
    unfinished = as_hr.post(address(draft), data | typed | {f"{point}-label": "", "fragment": "1"})
    assert "请先把这道题的要点填完整" in unfinished.content.decode()
    assert as_hr.post(address(draft), data | {"deed": "try:q0"}).status_code == 404
    assert MentionPoint.objects.get(pk=point[1:]).wordings != ["透视表"]


def test_a_first_version_is_saved_and_published_at_once(as_hr):
    draft = draft_of()
    assert "保存并发布" in as_hr.get(address(draft)).content.decode()
    answer = as_hr.post(address(draft), sent(draft) | {"deed": "publish"})
    assert answer.headers["Location"] == reverse("admin:recruitment_planversion_change", args=[draft.pk])
    assert PlanVersion.objects.get(pk=draft.pk).published_at is not None


def test_saving_a_later_version_leads_on_to_publishing_and_it_stands(as_hr):
    make.publish(draft := draft_of())
    draft = plans.edit(plan_id=draft.plan_id, by=Party.SYSTEM)
    data = sent(draft)
    answer = as_hr.post(address(draft), data | {f"{keys(data, 's')[0]}-title": "开场", "deed": "publish"})
    step = reverse("admin:recruitment_planversion_step", args=[draft.pk, "publish"])
    assert answer.headers["Location"] == step
    assert draft.stages.get(number=1).title == "开场"
    as_hr.post(step)
    assert PlanVersion.objects.get(pk=draft.pk).published_at is not None


def test_the_preview_says_what_the_room_says_and_sends_nothing(as_hr):
    draft = draft_of()
    draft.stages.filter(number=1).update(title_en="Introduction")
    Question.objects.filter(stage__version=draft).update(prepare_seconds=30)
    PlanVersion.objects.filter(pk=draft.pk).update(
        notes="请准备一个<项目>。", notes_en="Please bring a project."
    )
    text = as_hr.get(address(draft, "preview")).content.decode()
    for words in (
        "环节 1/3", "自我介绍", "第 1 题 / 共 1 题", "请在这里作答…", "请准备一个&lt;项目&gt;。", "30 秒",
    ):  # fmt: skip
        assert words in text
    assert text.count("phone") >= Question.objects.filter(stage__version=draft).count() + 1
    assert not re.search(r"<(form|button|input|textarea|script)", text)
    english = as_hr.get(address(draft, "preview"), {"language": "en"}).content.decode()
    assert "Introduction" in english
    assert "Please bring a project." in english and "项目" not in english
    assert "Stage 1/3" in english
    make.publish(draft)
    assert as_hr.get(address(draft, "preview")).status_code == 200


def test_the_preview_names_what_may_be_asked_further_heaviest_first(as_hr):
    draft = draft_of()
    question = Question.objects.filter(stage__version=draft).order_by("stage__number", "number").first()
    for weight, probe in ((1, "您怎样同步进度？"), (3, "您和谁<配合>？"), (5, "")):
        MentionPoint.objects.create(
            question=question, competency=make.competency(), label=str(weight), wordings=["进度"],
            weight=weight, probe=probe, probe_en="With whom?" if probe else "",
        )  # fmt: skip
    text = as_hr.get(address(draft, "preview")).content.decode()
    assert re.findall(r"<li>(您[^<]*)</li>", text) == ["您和谁&lt;配合&gt;？", "您怎样同步进度？"]
    assert text.count("答完后最多追问其中一题") == 1
    assert "With whom?" in as_hr.get(address(draft, "preview"), {"language": "en"}).content.decode()


def test_the_pages_are_for_who_plans(client):
    draft = draft_of()
    data = sent(draft)
    client.force_login(people.manager())
    for answer in (
        client.get(address(draft)), client.post(address(draft), data | {"notes": "我的"}),
        client.get(address(draft, "preview")),
    ):  # fmt: skip
        assert answer.status_code in (302, 403, 404)
    client.force_login(people.recruiter())
    assert client.get(reverse("admin:recruitment_planversion_page", args=[10**18])).status_code == 404
    draft.refresh_from_db()
    assert (draft.notes, InterviewPlan.objects.count()) == ("", 1)
