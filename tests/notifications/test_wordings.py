"""HR's own words: what is refused, what a version keeps, which words are in force, and what the page shows."""

from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from core.errors import DomainError, Invalid
from messaging.models import Message
from notifications import editing, meanings, overrides, rendering, sample
from notifications.models import Wording, WordingVersion
from notifications.services import wordings
from people.models import User
from recruitment.models import Interview
from tests.core.admin.pages import address_of, saved
from tests.factories import notifications as make
from tests.factories import people

pytestmark = pytest.mark.django_db
OWN = "进展：{{ opening }}\n{{ candidate }}，您的面试已收到。"


@pytest.fixture(autouse=True)
def _file(settings: Any, tmp_path: Path) -> None:
    settings.WORDINGS_FILE = str(tmp_path / "wordings.json")


@pytest.fixture
def lead() -> User:
    return people.lead()


def wording(kind: str = "completed", audience: str = "candidate", language: str = "zh-hans") -> Wording:
    return Wording.objects.get(kind=kind, audience=audience, language=language)


def published(row: Wording, text: str, by: User) -> WordingVersion:
    row.text = text
    row.save()
    made = wordings.publish(wording_id=row.pk, by=by)
    overrides.write()
    return made


def test_every_text_of_the_product_has_its_row_once() -> None:
    wordings.ensure_rows()
    rows = {f"{row.language}/{row.kind}.{row.audience}.txt" for row in Wording.objects.all()}
    assert rows == {str(path.relative_to(rendering.FOLDER)) for path in rendering.FOLDER.glob("*/*.txt")}
    assert Wording.objects.count() == len(rows)


def test_every_text_is_a_wording_that_may_be_edited_and_is_shown_whole() -> None:
    for row in Wording.objects.all():
        original = rendering.default_text(editing.name_of(row))
        editing.require(row, original)
        subject, body = editing.preview(row)
        assert "«" not in subject + body and "{%" not in body, row
        for one in editing.variables_of(row):
            assert one.means and "«" not in one.example, (row, one.code)


def test_no_meaning_is_left_over() -> None:
    named = set()
    for row in Wording.objects.all():
        names, _tags = editing._allowed(row)
        named |= {one.split("|")[0].split(".")[0] for one in names}
    assert set(meanings.MEANINGS) == named
    assert sample.context().keys() >= named - {"company"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("只有一行", "wording_empty"),
        ("\n \n", "wording_empty"),
        ("标题\n" + "长" * 4001, "wording_too_long"),
        ("标题\n{{ candidate.phone }} {room_link}", "variable_unknown"),
        ("标题\n{{ candidate|safe }} {room_link}", "variable_unknown"),
        ("标题\n{{ settings.SECRET_KEY }} {room_link}", "variable_unknown"),
        ("标题\n{% load static %} {room_link}", "condition_unknown"),
        ("标题\n{% include 'x' %} {room_link}", "condition_unknown"),
        ("标题\n{# note #} {room_link}", "condition_unknown"),
        ("标题\n请回来", "link_missing"),
        ("标题\n{{ candidate }} {room_link} {% endif %}", "wording_broken"),
        ("标题\n{{ candidate {room_link}", "wording_broken"),
        ("{{ candidate }}\n{% if our_fault %}{room_link}{% endif %}", "wording_broken"),
    ],
)
def test_what_is_no_message_is_refused(text: str, code: str) -> None:
    with pytest.raises(Invalid) as raised:
        editing.require(wording("interrupted"), text)
    assert raised.value.code == code


def test_a_version_is_said_from_then_on_and_changes_nothing_that_was_written(lead: User) -> None:
    interview = make.house("completed")
    context = {**sample.context()}

    def said() -> str:
        return rendering.render(kind="completed", audience="candidate", language="zh-hans", context=context)[
            1
        ]

    row, before = wording(), said()
    first = published(row, OWN, lead)
    assert said() == "张三，您的面试已收到。\n"
    with pytest.raises(DomainError, match="wording_unchanged"):
        wordings.publish(wording_id=row.pk, by=lead)
    row.text = "新的标题\n新的正文"  # a draft is not said
    row.save()
    assert said() == "张三，您的面试已收到。\n"
    assert published(row, row.text, lead).number == 2
    assert said() == "新的正文\n"
    wordings.reset(wording_id=row.pk, by=lead)
    overrides.write()
    row.refresh_from_db()
    assert (said(), row.text) == (before, "")
    with pytest.raises(DomainError, match="wording_unchanged"):
        wordings.reset(wording_id=row.pk, by=lead)
    versions = list(WordingVersion.objects.order_by("number").values_list("number", "text"))
    assert versions == [(1, OWN), (2, "新的标题\n新的正文"), (3, "")]
    assert first.published_by == lead and isinstance(interview, Interview)
    assert not [body for body in Message.objects.values_list("body", flat=True) if "新的正文" in body]


def test_words_of_one_language_and_audience_change_no_others(lead: User) -> None:
    context = sample.context()
    told = [("en", "candidate"), ("zh-hans", "candidate")]
    before = [
        rendering.render(kind="interrupted", audience=who, language=code, context=context)
        for code, who in told
    ]
    published(wording("interrupted"), "标题\n回来：{room_link}", lead)
    after = [
        rendering.render(kind="interrupted", audience=who, language=code, context=context)
        for code, who in told
    ]
    assert after[0] == before[0] and after[1] != before[1] and "{room_link}" in after[1][1]


def test_rendering_reads_no_row(lead: User, django_assert_num_queries: Any) -> None:
    published(wording(), OWN, lead)
    context = sample.context()
    with django_assert_num_queries(0):
        rendering.render(kind="completed", audience="candidate", language="zh-hans", context=context)
    with django_assert_num_queries(1):
        assert overrides.write() is False


def test_a_file_that_a_power_cut_left_broken_stops_no_message_and_is_made_anew(
    lead: User, settings: Any
) -> None:
    published(wording(), OWN, lead)
    in_force = overrides.known()
    assert in_force
    for left in ("", '{"zh-hans/interr'):
        Path(settings.WORDINGS_FILE).write_text(left, encoding="utf-8")
        assert overrides.known() == {}
        assert overrides.write()
        assert overrides.known() == in_force


def test_only_the_lead_publishes(lead: User) -> None:
    row = wording()
    for person in (people.recruiter(), people.manager()):
        with pytest.raises(DomainError, match="not_permitted"):
            wordings.publish(wording_id=row.pk, by=person)
    with pytest.raises(DomainError, match="wording_unknown"):
        wordings.publish(wording_id=0, by=lead)


@pytest.mark.parametrize("how", ["update", "delete"])
def test_the_database_keeps_what_is_published(how: str, lead: User) -> None:
    published(wording(), OWN, lead)
    rows = WordingVersion.objects.all()
    change = {"update": lambda: rows.update(text="x"), "delete": rows.delete}[how]
    with pytest.raises(DatabaseError), transaction.atomic():
        change()


def test_the_page_says_who_hears_it_refuses_beside_the_text_and_shows_a_phone(lead: User) -> None:
    client, row = Client(), wording("interrupted")
    client.force_login(lead)
    page = client.get(address_of(row)).text
    for words in ("候选人", "短信", "hs-phone", "张三", "{{ until|moment }}", "{room_link}", "默认文案"):
        assert words in page, words
    refused = saved(client, row, text="标题\n{{ salary }} {room_link}")
    assert refused.status_code == 200 and "{{ salary }}" in refused.text
    assert saved(client, row, text="标题\n{{ candidate }}，请回来：{room_link}").status_code == 302
    assert "张三，请回来：" in client.get(address_of(row)).text
    assert client.post(address_of(row).replace("/change/", "/steps/publish/"), {}).status_code == 302
    assert WordingVersion.objects.get().published_by == lead
    recruiter = Client()
    recruiter.force_login(people.recruiter())
    assert recruiter.post(address_of(row).replace("/change/", "/steps/reset/"), {}).status_code == 403
