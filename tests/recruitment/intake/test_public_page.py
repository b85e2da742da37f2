"""The public page of an opening: off by default, the same for everybody, and what is sent becomes an application."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from core.errors import Forbidden, NotFound, Refused
from core.middleware import LONGEST_FILE
from messaging.models import Message
from recruitment.intake import views
from recruitment.intake.services import receiving
from recruitment.models import Application, Candidate, Opening, PublicApplication, Resume
from recruitment.resumes.services import reading
from tests.core.admin.pages import address_of
from tests.factories import people
from tests.factories import recruitment as make
from tests.recruitment.admin.conftest import as_hr, recruiter  # noqa: F401
from tests.recruitment.resumes import files
from tests.recruitment.resumes.conftest import _empty_storage, stored  # noqa: F401

pytestmark = pytest.mark.django_db
TYPED = {"name": "张三", "phone": "138 0013 8000", "email": "Zhang@Example.com", "consent": "on"}


@pytest.fixture
def public():
    views.counter.forget()
    opening = receiving.publish(opening_id=make.opening(title="数据分析师").pk, by=people.recruiter())
    yield reverse("intake:apply", args=[opening.apply_slug])
    views.counter.forget()


@pytest.fixture
def settled(django_capture_on_commit_callbacks):
    return django_capture_on_commit_callbacks


def post(client, public, body=None, **values):
    sent = SimpleUploadedFile("简历.pdf", files.pdf() if body is None else body)
    return client.post(public, {**TYPED, "file": sent, **values})


def nothing():
    return (Candidate.objects.count(), Application.objects.count(), PublicApplication.objects.count(), stored()) == (
        0, 0, 0, set(),
    )  # fmt: skip


def errors_of(answer):
    assert answer.status_code == 422
    found = answer.context["form"].errors.as_data()
    return {field: [error.code for error in errors] for field, errors in found.items()}


def test_what_is_sent_becomes_an_application_with_its_resume(client, public):
    shown = client.get(public)
    assert shown.status_code == 200 and "应聘：数据分析师" in shown.content.decode()
    assert "no-store" in shown["Cache-Control"] and "<script" not in shown.content.decode()
    answer = post(client, public)
    assert (answer.status_code, answer["Location"]) == (302, f"{public}sent/?language=zh-hans")
    after = client.get(answer["Location"]).content.decode()
    assert "已收到您的应聘" in after and "3 个工作日内" in after
    row, application = PublicApplication.objects.get(), Application.objects.get()
    assert (row.state, row.application, row.stored_name, row.consent_version) == (
        "taken", application, "", receiving.CONSENT_VERSION,
    )  # fmt: skip
    person = application.candidate
    assert (person.name, person.phone, person.email, person.language) == (
        "张三", "+8613800138000", "zhang@example.com", "zh-hans",
    )  # fmt: skip
    assert (application.source, application.stage) == ("public_page", "applied")
    resume = Resume.objects.get()
    assert (resume.application, resume.uploaded_by, stored()) == (application, None, {resume.stored_name})
    assert reading.read(resume_id=resume.pk)
    # Sent once more in a moment it is one.
    assert post(client, public)["Location"] == answer["Location"]
    assert (PublicApplication.objects.count(), Application.objects.count()) == (1, 1)
    # And they are told once, in writing, by when they hear more.
    told = Message.objects.get(addressee_id=person.pk)
    assert (told.kind, told.audience) == ("application_received", "candidate")
    assert "已收到您的应聘：数据分析师" in told.subject and "«" not in told.body


def test_who_reads_english_reads_of_the_opening_in_english_as_far_as_it_is_written(client, public):
    rows = Opening.objects.all()
    rows.update(
        location="上海", description="整理数据。", title_en="Data analyst", description_en="Tidy data."
    )
    english = client.get(f"{public}?language=en").content.decode()
    assert "Apply for Data analyst" in english and "数据分析师" not in english
    assert "<p>Tidy data.</p>" in english and "整理数据" not in english and "上海" in english
    assert "applying for Data analyst" in client.get(f"{public}sent/?language=en").content.decode()
    rows.update(location_en="Shanghai")
    english = client.get(f"{public}?language=en").content.decode()
    assert "Shanghai" in english and "上海" not in english
    chinese = client.get(f"{public}?language=zh-hans").content.decode()
    assert (
        all(one in chinese for one in ("应聘：数据分析师", "整理数据", "上海")) and "Shanghai" not in chinese
    )


def test_somebody_known_waits_for_a_person_and_the_answer_is_the_same(client, public, as_hr, settled):  # noqa: F811
    known = make.candidate("李四", phone="13800138000", email="li@example.com")
    first = Client()
    answer = post(first, public)
    assert (answer.status_code, answer["Location"]) == (302, f"{public}sent/?language=zh-hans")
    row = PublicApplication.objects.get()
    assert (row.state, row.application, Application.objects.count(), Resume.objects.count()) == (
        "waiting",
        None,
        0,
        0,
    )
    assert not Message.objects.exists()
    known.refresh_from_db()
    assert (known.name, known.email, stored()) == ("李四", "li@example.com", {row.stored_name})
    assert reading.sweep(everything=True) == 0
    listed = as_hr.get(reverse("admin:recruitment_publicapplication_changelist"), {"state__exact": "waiting"})
    assert [each.pk for each in listed.context["cl"].result_list] == [row.pk]
    assert address_of(known) in as_hr.get(address_of(row)).content.decode()
    step = reverse("admin:recruitment_publicapplication_step", args=[row.pk, "same-person"])
    assert as_hr.get(step).context["form"].fields["candidate"].initial == known.pk
    assert as_hr.post(step, {"candidate": known.pk}).status_code == 302
    row.refresh_from_db()
    application = Application.objects.get()
    assert (row.state, row.application, application.candidate, application.source) == (
        "taken", application, known, "public_page",
    )  # fmt: skip
    assert Resume.objects.get().candidate == known
    assert Message.objects.get().addressee_id == known.pk
    known.refresh_from_db()
    assert (known.name, known.email) == ("李四", "li@example.com")
    # Once more is nothing more, and what was taken is not put aside.
    by = people.recruiter()
    receiving.same_person(intake_id=row.pk, candidate_id=known.pk, by=by)
    assert Application.objects.count() == 1
    with pytest.raises(Refused, match="intake_settled"):
        receiving.dismiss(intake_id=row.pk, by=by)
    # Who has applied and sends another file waits, and is put aside with it.
    assert post(Client(), public, files.docx()).status_code == 302
    other = PublicApplication.objects.get(state="waiting")
    with pytest.raises(Refused, match="already_applied"):
        receiving.same_person(intake_id=other.pk, candidate_id=known.pk, by=by)
    with settled(execute=True):
        receiving.dismiss(intake_id=other.pk, by=by)
    assert stored() == {Resume.objects.get().stored_name}
    with pytest.raises(Refused, match="intake_settled"):
        receiving.same_person(intake_id=other.pk, candidate_id=known.pk, by=by)
    with pytest.raises(NotFound, match="intake_unknown"):
        receiving.dismiss(intake_id=0, by=by)


@pytest.mark.parametrize(
    ("values", "errors"),
    [
        ({"name": ""}, {"name": ["required"]}),
        ({"phone": "12"}, {"phone": ["phone_unknown"]}),
        ({"email": "x"}, {"email": ["invalid"]}),
        ({"consent": ""}, {"consent": ["required"]}),
        ({"file": ""}, {"file": ["required"]}),
        ({"body": b"\xff\xd8\xff photo"}, {"file": ["picture"]}),
        ({"body": b"PK\x03\x04 no zip"}, {"file": ["broken"]}),
    ],
)
def test_what_is_wrong_is_said_at_its_box_and_nothing_is_kept(client, public, values, errors):
    assert errors_of(post(client, public, **values)) == errors
    assert nothing()


def test_a_machine_is_answered_like_everybody_and_kept_out(client, public):
    answer = post(client, public, website="http://spam.example.com")
    assert (answer.status_code, answer["Location"]) == (302, f"{public}sent/?language=zh-hans")
    assert nothing()
    strict = Client(enforce_csrf_checks=True)
    assert post(strict, public).status_code == 403
    assert nothing()


def test_too_many_from_one_address_wait(client, public):
    codes = [client.post(public, TYPED).status_code for _ in range(views.SENT_PER_ADDRESS)]
    assert set(codes) == {422}
    answer = post(client, public)
    assert answer.status_code == 429 and int(answer["Retry-After"]) > 0
    assert post(client, public, REMOTE_ADDR="10.0.0.9").status_code == 429
    assert nothing()


def test_a_body_beyond_the_limit_is_not_read(client, public):
    for headers in ({"CONTENT_LENGTH": str(LONGEST_FILE + 1)}, {"HTTP_TRANSFER_ENCODING": "chunked"}):
        assert client.post(public, TYPED, **headers).status_code == 413
    # Elsewhere nobody without an account sends a long one.
    assert client.post("/admin/login/", TYPED, CONTENT_LENGTH="100000").status_code == 413


def test_it_speaks_english_and_remembers_it(client, public):
    shown = client.get(f"{public}?language=en").content.decode()
    assert "Apply for 数据分析师" in shown and f"{public}?language=en" in shown
    assert client.get(public, HTTP_ACCEPT_LANGUAGE="en").content.decode().count("Send application") == 1
    answer = post(client, f"{public}?language=en")
    assert answer["Location"].endswith("?language=en")
    assert "Your application has arrived" in client.get(answer["Location"]).content.decode()
    assert Candidate.objects.get().language == "en"


def test_a_page_that_is_not_there_is_one_that_never_was(client, public, as_hr):  # noqa: F811
    opening = receiving.find(public.split("/")[2])
    unpublished = make.opening()
    assert unpublished.apply_slug == ""
    by = people.recruiter()
    never = client.get("/apply/AAAAAAAAAAAAAAAAAAAAAA/")
    opening.state = "closed"
    opening.save()
    closed = client.get(public)
    with pytest.raises(Refused, match="opening_closed"):
        receiving.publish(opening_id=make.opening(state="closed").pk, by=by)
    opening.state = "open"
    opening.save()
    offline = reverse("admin:recruitment_opening_step", args=[opening.pk, "take-offline"])
    assert public in as_hr.get(address_of(opening)).content.decode()
    assert as_hr.post(offline).status_code == 302
    taken = client.get(public)
    assert {answer.status_code for answer in (never, closed, taken, post(client, public))} == {404}
    assert nothing()
    # Published again it has another address; published twice, one.
    slug = receiving.publish(opening_id=opening.pk, by=by).apply_slug
    assert slug and slug not in public and receiving.publish(opening_id=opening.pk, by=by).apply_slug == slug


@pytest.mark.parametrize("who", ["onboarder", "trainer", "manager"])
def test_nobody_else_publishes_or_decides(who):
    opening, person = make.opening(), getattr(people, who)()
    for act in (receiving.publish, receiving.take_offline):
        with pytest.raises(Forbidden):
            act(opening_id=opening.pk, by=person)
    with pytest.raises(Forbidden):
        receiving.same_person(intake_id=0, candidate_id=0, by=person)
    with pytest.raises(Forbidden):
        receiving.dismiss(intake_id=0, by=person)
    opening.refresh_from_db()
    assert opening.apply_slug == ""
