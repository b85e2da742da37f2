"""Templates of letters: what is refused, what a version keeps, and the letter that is made of one."""

import io
from typing import Any

import pypdf
import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from core.errors import Invalid
from recruitment.models import LetterTemplate, LetterVersion, Offer, Opening
from recruitment.offers import ready, wording
from recruitment.offers.services import letter_templates, offers
from tests.core.admin.pages import address_of, saved
from tests.factories import people
from tests.recruitment.offers.test_offers import Story, calendar, refused  # noqa: F401 -- its days off

pytestmark = pytest.mark.django_db
ALL = "{{岗位}} {{pay}} {{入职日期}} {{ place }} {{答复期限}} {{conditions}}"


@pytest.mark.parametrize("text", [ready.BODY, ready.BODY_EN, ALL, f"a\n\n{{{{ 录用条件 }}}}\n\nb {ALL}"])
def test_what_is_a_letter(text: str) -> None:
    wording.require_body(text)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (" \n", "letter_empty"),
        ("x" * 6001, "letter_too_long"),
        ("{{terms}}\n\n{{salary}}", "variable_unknown"),
        ("{{terms}}\n\n{{}}", "variable_unknown"),
        ("{{terms}}\n\n{{name", "braces_open"),
        ("{{terms}}\n\nname}}", "braces_open"),
        ("{{terms}}\n\n{{ {{name}} }}", "braces_open"),
        ("条件：{{录用条件}}", "terms_within_text"),
        ("{{terms}}\n\n{{name}} {{terms}}", "terms_within_text"),
        ("您好 {{姓名}}", "variable_missing"),
        (ALL.replace("{{pay}}", ""), "variable_missing"),
    ],
)
def test_what_is_none(text: str, code: str) -> None:
    with pytest.raises(Invalid) as raised:
        wording.require_body(text)
    assert raised.value.code == code


def test_a_value_is_data_and_no_variable_of_its_own() -> None:
    values = dict.fromkeys([one.code for one in wording.VARIABLES], "{{pay}} #x") | {"conditions": ""}
    assert wording.filled("a {{姓名}}\n\n{{conditions}}\n \n{{ terms }}\n\nb\nc", values) == [
        "a {{pay}} #x", None, "b\nc",
    ]  # fmt: skip


def template(name: str = "社招", body: str = "{{姓名}}好。\n\n{{录用条件}}", **fields: Any) -> LetterTemplate:
    texts = {"title": "聘用函", "body": body, "title_en": "Letter", "body_en": f"Hello.\n\n{ALL}"}
    return LetterTemplate.objects.create(name=name, **{**texts, **fields})


def text_of(offer: Offer) -> str:
    kept = bytes(Offer.objects.get(pk=offer.pk).letter or b"")
    return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(kept)).pages).replace("\n", "")


def test_a_house_without_any_template_takes_the_ready_made_letter() -> None:
    made = Story().made()
    assert (made.letter_version.number, made.letter_version.template.name) == (1, ready.NAME)
    assert made.letter_version.published_by is None


def test_a_template_that_was_never_published_holds_nothing_up_and_one_out_of_use_is_not_taken() -> None:
    row = template()
    assert letter_templates.version_for(None).template.name == ready.NAME
    LetterTemplate.objects.exclude(pk=row.pk).update(is_in_use=False)
    refused("letter_template_unknown", letter_templates.version_for, template_id=None)


def test_an_offer_keeps_the_version_that_it_was_drafted_with() -> None:
    story, row = Story("张三"), template()
    first = letter_templates.publish(template_id=row.pk, by=story.maker)
    refused("letter_unchanged", letter_templates.publish, template_id=row.pk, by=story.maker)
    made = story.made(letter_template=row.pk)
    LetterTemplate.objects.filter(pk=row.pk).update(body="改过的文字。\n\n{{terms}}", is_in_use=False)
    assert letter_templates.publish(template_id=row.pk, by=story.maker).number == 2
    offers.approve(offer_id=made.pk, by=story.other)
    sent = offers.send(offer_id=made.pk, by=story.maker)
    assert sent.letter_version == first
    assert sent.letter_text.startswith("聘用函\n\n张三好。\n\n") and "18,000" in sent.letter_text
    client = Client()
    client.force_login(story.other)
    assert "<p>张三好。</p>" in client.get(address_of(sent)).content.decode()
    said = text_of(sent)
    assert "聘用函" in said and "张三好。" in said and "18,000" in said and "改过" not in said
    refused(
        "letter_template_unknown", offers.make, application_id=story.application.pk,
        terms=offers.Terms(**{**vars_of(made), "letter_template": row.pk}), by=story.maker,
    )  # fmt: skip


def vars_of(offer: Offer) -> dict[str, Any]:
    names = ("salary", "period", "start_on", "place", "answer_by")
    return {name: getattr(offer, name) for name in names}


def test_an_english_reader_gets_the_english_letter_and_lines_stay_lines() -> None:
    story, row = Story("Ann"), template(body_en=f"Dear {{{{name}}}},\nwelcome.\n\n{ALL}")
    story.application.candidate.language = "en"
    story.application.candidate.save()
    Opening.objects.update(title_en="Data analyst")
    letter_templates.publish(template_id=row.pk, by=story.maker)
    sent = story.sent()
    assert sent.letter_text.startswith("Letter\n\nDear Ann,\nwelcome.\n\nData analyst CNY 18,000")
    kept = bytes(Offer.objects.get(pk=sent.pk).letter or b"")
    assert "Dear Ann,\nwelcome." in pypdf.PdfReader(io.BytesIO(kept)).pages[0].extract_text()


def test_one_drafted_before_there_were_templates_is_sent_in_the_first_one() -> None:
    story = Story()
    made = story.made()
    Offer.objects.filter(pk=made.pk).update(letter_version=None)
    offers.approve(offer_id=made.pk, by=story.other)
    assert offers.send(offer_id=made.pk, by=story.maker).letter_version.number == 1


@pytest.mark.parametrize("how", ["update", "delete"])
def test_the_database_keeps_what_is_published(how: str) -> None:
    letter_templates.ensure_one()
    rows = LetterVersion.objects.all()
    change = {"update": lambda: rows.update(body="x"), "delete": rows.delete}[how]
    with pytest.raises(DatabaseError), transaction.atomic():
        change()


def test_the_page_refuses_beside_the_text_previews_and_publishes() -> None:
    recruiter, client = people.recruiter(), Client()
    client.force_login(recruiter)
    add = reverse("admin:recruitment_lettertemplate_add")
    assert "{{录用条件}}" in client.get(add).content.decode()
    texts = {
        "name": "校招",
        "is_in_use": "on",
        "title": "{{姓名}}",
        "title_en": "B",
        "body_en": ready.BODY_EN,
    }
    answer = client.post(add, {**texts, "body": "{{工资}}"})
    errors = answer.context["adminform"].form.errors.as_data()
    assert {name: [one.code for one in found] for name, found in errors.items()} == {
        "title": ["title_with_variables"], "body": ["variable_unknown"],
    }  # fmt: skip
    assert client.post(add, {**texts, "title": "A", "body": ready.BODY}).status_code == 302
    row = LetterTemplate.objects.get()
    page = client.get(address_of(row)).content.decode()
    assert "张三，您好：" in page and "Dear Zhang San," in page and "尚未发布" in page
    assert "<code>{{录用条件}}</code>" in page
    step = address_of(row).replace("/change/", "/steps/publish/")
    assert client.post(step, {}).status_code == 302
    assert saved(client, row, name="校招 2027").status_code == 302
    assert list(row.versions.values_list("number", "published_by")) == [(1, recruiter.pk)]
    trainer = Client()
    trainer.force_login(people.trainer())
    assert trainer.post(step, {}).status_code == 403


def test_the_draft_shows_whoever_approves_what_the_candidate_will_read() -> None:
    story = Story("张三")
    made = story.made()
    approver, trainer = Client(), Client()
    approver.force_login(story.other)
    trainer.force_login(people.trainer())
    assert "张三，您好：" in approver.get(address_of(made)).content.decode()
    assert "张三，您好：" not in trainer.get(address_of(made)).content.decode()
