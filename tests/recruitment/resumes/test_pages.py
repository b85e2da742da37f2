"""Résumés in the back office: added, found, opened beside the application, facts confirmed by a click, looks noted."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.errors import Forbidden, Invalid, Refused
from core.events.models import Event
from recruitment.enums_incoming import Degree
from recruitment.models import Application, Candidate, Resume, ResumeAccess, ResumeFact
from recruitment.resumes.services import adding, confirming, reading
from tests.core.admin.pages import address_of
from tests.factories import people
from tests.factories import recruitment as make
from tests.recruitment.admin.conftest import as_hr, recruiter  # noqa: F401
from tests.recruitment.resumes import files
from tests.recruitment.resumes.conftest import added, stored

pytestmark = pytest.mark.django_db


def sent(body=None, name="张三.pdf"):
    return SimpleUploadedFile(name, files.pdf() if body is None else body, content_type="text/html")


def step(row, name):
    return reverse(f"admin:recruitment_{row._meta.model_name}_step", args=[row.pk, name])


def test_a_file_is_added_on_the_page_and_opened_beside_it(as_hr, application):  # noqa: F811
    assert 'enctype="multipart/form-data"' in as_hr.get(step(application, "resume")).content.decode()
    refused = as_hr.post(step(application, "resume"), {"file": sent(b"\xff\xd8\xff photo")})
    assert refused.status_code == 422 and "无法读取文字" in refused.content.decode()
    assert as_hr.post(step(application, "resume"), {"file": sent()}).status_code == 302
    row = Resume.objects.get()
    assert (row.candidate, row.application, row.name) == (application.candidate, application, "张三.pdf")
    page = as_hr.get(f"{address_of(application)}?resume={row.pk}").content.decode()
    assert "简历正在解析" in page
    row.delete()
    row = added(application)
    assert ResumeAccess.objects.count() == 0
    plain = as_hr.get(address_of(application)).content.decode()
    assert "张三.pdf" in plain and "求职意向" not in plain
    assert ResumeAccess.objects.count() == 0, "the list of files is no look into one"
    for owner in (application, application.candidate, row):
        page = as_hr.get(f"{address_of(owner)}?resume={row.pk}").content.decode()
        assert "求职意向：数据分析师" in page and f"/resumes/{row.pk}/pages/1/" in page
    noted = ResumeAccess.objects.get()
    assert (noted.resume, noted.who, noted.fetched) == (row, "李招聘 (li)", False)
    # Somebody else's is not opened here.
    other = make.application(make.opening(), candidate=make.candidate("李四"))
    assert "求职意向" not in as_hr.get(f"{address_of(other)}?resume={row.pk}").content.decode()


def test_the_file_is_only_fetched_and_the_page_is_a_picture(as_hr, client, application):  # noqa: F811
    row = added(application)
    answer = as_hr.get(f"/resumes/{row.pk}/")
    assert b"".join(answer.streaming_content)[:5] == b"%PDF-"
    assert answer["Content-Disposition"].startswith("attachment;")
    picture = as_hr.get(f"/resumes/{row.pk}/pages/1/")
    assert (picture["Content-Type"], b"".join(picture.streaming_content)[:4]) == ("image/webp", b"RIFF")
    for each in (answer, picture):
        assert each["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox"
        assert (each["Cache-Control"], each["X-Content-Type-Options"]) == ("private, no-store", "nosniff")
    assert ResumeAccess.objects.get().fetched
    for number in (0, 2, 99):
        assert as_hr.get(f"/resumes/{row.pk}/pages/{number}/").status_code == 404
    assert as_hr.get("/resumes/0/").json()["code"] == "resume_unknown"
    assert as_hr.post(f"/resumes/{row.pk}/").status_code == 405
    listed = as_hr.get(reverse("admin:recruitment_resumeaccess_changelist")).content.decode()
    assert "李招聘" in listed and "张三" in listed


@pytest.mark.parametrize("who", [None, "manager"])
def test_nobody_else_opens_one(client, application, who):
    row = added(application)
    if who:
        client.force_login(people.manager(application.opening.department))
    for address in (f"/resumes/{row.pk}/", f"/resumes/{row.pk}/pages/1/"):
        answer = client.get(address)
        assert (answer.status_code, answer.json()["code"]) == (404, "resume_unknown")
    assert ResumeAccess.objects.count() == 0


def test_one_form_takes_the_file_too_and_all_or_nothing(as_hr):  # noqa: F811
    opening = make.opening()
    values = {"opening": opening.pk, "name": "张三", "email": "a@b.com"}
    address = reverse("admin:recruitment_application_add")
    refused = as_hr.post(
        address, {**values, "file": sent(files.docx(more={"word/vbaProject.bin": b"x"}), "a.pdf")}
    )
    assert refused.context["form"].errors.as_data()["file"][0].code == "macros"
    assert (Candidate.objects.count(), Application.objects.count(), stored()) == (0, 0, set())
    assert as_hr.post(address, {**values, "file": sent()}).status_code == 302
    row = Resume.objects.get()
    assert (row.candidate.name, row.application) == ("张三", Application.objects.get())


def test_candidates_are_found_by_their_resumes(as_hr, application):  # noqa: F811
    added(application)
    make.candidate("李四")

    def names(page, typed):
        rows = as_hr.get(reverse(f"admin:recruitment_{page}_changelist"), {"q": typed})
        return [str(row) for row in rows.context["cl"].result_list]

    assert names("candidate", "浙江大学") == ["张三"]
    assert "简历内容包含" in as_hr.get("/admin/recruitment/candidate/", {"q": "浙江大学"}).content.decode()
    assert names("candidate", "李四") == ["李四"]
    assert names("candidate", "复旦大学") == []
    assert names("resume", "浙江大学") == names("resume", "张三") == ["张三.pdf"]


def test_the_list_costs_the_same_for_one_and_three(as_hr, application):  # noqa: F811
    address = reverse("admin:recruitment_resume_changelist")
    added(application, read=False)
    as_hr.get(address)
    with CaptureQueriesContext(connection) as one:
        as_hr.get(address)
    for name in ("甲", "乙"):
        added(
            make.application(make.opening(), candidate=make.candidate(name)), files.docx([name]), read=False
        )
    with CaptureQueriesContext(connection) as three:
        assert as_hr.get(address).status_code == 200
    assert len(one) == len(three)
    assert not any('"text"' in query["sql"] for query in three)


def test_a_click_takes_over_and_another_puts_aside(as_hr, recruiter):  # noqa: F811
    candidate = make.candidate("张三", phone="", email="old@example.com")
    application = make.application(make.opening(skills={"excel": 4}), candidate=candidate)
    row = added(application)
    waiting = {each.kind: each for each in row.proposals.all()}

    def click(name, kind, **values):
        return as_hr.post(step(row, name), {"proposal": waiting[kind].pk, **values})

    assert click("confirm", "phone").status_code == 302
    assert click("confirm", "email").status_code == 302
    candidate.refresh_from_db()
    assert (candidate.phone, candidate.email, candidate.other_contacts) == (
        "+8613800138000", "old@example.com", "zhang.san@example.com",
    )  # fmt: skip
    assert Event.objects.filter(kind="candidate_corrected").count() == 1
    # A level is a person's word: without one nothing is written.
    click("confirm", "skill")
    assert ResumeFact.objects.count() == 0
    click("confirm", "skill", level=3)
    click("confirm", "education", level=2)
    click("dismiss", "experience")
    facts = ResumeFact.objects.values_list("kind", "title", "skill__code", "level", "degree", "detail")
    assert sorted(facts, key=str) == [
        ("education", "浙江大学 · 本科", None, 2, Degree.BACHELOR, files.LINES[2]),
        ("project", "Excel", "excel", 3, None, files.LINES[3]),
    ]
    assert Event.objects.filter(kind="evidence_changed").count() == 2
    # Once more is nothing more; what was settled is not settled otherwise.
    click("confirm", "skill", level=5)
    assert ResumeFact.objects.count() == 2 and Event.objects.filter(kind="evidence_changed").count() == 2
    for kind, act in (("experience", confirming.confirm), ("phone", confirming.dismiss)):
        with pytest.raises(Refused, match="proposal_settled"):
            act(resume_id=row.pk, proposal_id=waiting[kind].pk, by=recruiter)
    page = as_hr.get(f"{address_of(application)}?resume={row.pk}").content.decode()
    assert "没有待确认的信息" in page and "✓ 技能 Excel" in page


def test_what_cannot_be_taken_over_changes_nothing():
    known = make.candidate("李四", phone="13800138000", email="")
    candidate = make.candidate("张三", phone="", email="z@example.com")
    application = make.application(make.opening(), candidate=candidate)
    row, hr = added(application), people.recruiter()
    phone, school = row.proposals.get(kind="phone"), row.proposals.get(kind="education")
    with pytest.raises(Refused, match="candidate_known"):
        confirming.confirm(resume_id=row.pk, proposal_id=phone.pk, by=hr)
    for level in (None, 0, 6):
        with pytest.raises(Invalid, match="level_missing"):
            confirming.confirm(resume_id=row.pk, proposal_id=school.pk, level=level, by=hr)
    for person in (people.trainer(), people.onboarder(), people.manager()):
        for act in (confirming.confirm, confirming.dismiss):
            with pytest.raises(Forbidden):
                act(resume_id=row.pk, proposal_id=phone.pk, by=person)
    candidate.refresh_from_db()
    assert (candidate.phone, known.phone) == ("", "+8613800138000")
    assert set(row.proposals.values_list("state", flat=True)) == {"proposed"}
    assert ResumeFact.objects.count() == 0
    # Without an application a fact has no place yet.
    alone = make.candidate("王五")
    looked = adding.look(io.BytesIO(files.docx()), "w.docx")
    loose = adding.add(looked=looked, candidate_id=alone.pk, application_id=None, by=hr)
    reading.read(resume_id=loose.pk)
    with pytest.raises(Refused, match="no_application"):
        confirming.confirm(
            resume_id=loose.pk, proposal_id=loose.proposals.get(kind="education").pk, level=3, by=hr
        )
