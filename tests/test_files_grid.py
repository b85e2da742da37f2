"""Role × what is taken away: every file that is kept of somebody, and every list as a table."""

import io
from decimal import Decimal
from typing import Any

import pytest
from django.contrib import admin
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.admin.lists import Lean
from core.exchange.models import Export, Import
from core.history.models import Look, LookKind
from onboarding.services import identities
from people.actors import Party
from recruitment.models import Assessment, Candidate, Offer, ResumeAccess
from recruitment.offers.services import offers
from recruitment.resumes.services import adding, reading
from tests.core.exchange.files import workbook
from tests.factories import onboarding, people
from tests.factories import recruitment as make
from tests.factories.works import work_off
from tests.recruitment.admin.conftest import broken_off
from tests.recruitment.offers.test_offers import Story, calendar  # noqa: F401 -- its days off
from tests.recruitment.resumes import files
from tests.recruitment.resumes.conftest import _empty_storage  # noqa: F401 -- what a test stores goes again
from tests.test_rights_grid import PERSONS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_november")]

PHONE, MAIL, PAY = "138 0013 8000", "whole@example.com", "31,313"
DOCUMENT, HOME = "11010519491231002X", "科苑路 1 号"
HR = {"recruiting", "onboarding", "training", "lead", "superuser"}
RECRUITERS = {"recruiting", "lead", "superuser"}
# Who may take each away. A closed account, an interviewer and an administrator none.
MAY = {
    "the résumé": HR,
    "a page of it": HR,
    "the report": HR,
    "the candidate's report": HR,
    "the letter": RECRUITERS,
    "the template of an import": RECRUITERS,
    # Of somebody else's import and export not even the lead's name helps, where it is one's own.
    "the refused rows": {"lead", "superuser"},
    "an export of somebody": set(),
    # A manager's is of the own tree alone.
    "a report of the house": HR | {"manager"},
}


def scene() -> dict[str, str]:
    """Something of each, and where it is taken away."""
    broken_off()
    candidate = Candidate.objects.get()
    Candidate.objects.filter(pk=candidate.pk).update(phone=PHONE.replace(" ", ""), email=MAIL)
    someone = people.recruiter(username="someone")
    resume = adding.add(
        looked=adding.look(io.BytesIO(files.pdf()), "张三.pdf"), candidate_id=candidate.pk,
        application_id=candidate.applications.get().pk, by=someone,
    )  # fmt: skip
    reading.read(resume_id=resume.pk)
    story = Story("李四")
    made = story.made(salary=Decimal(31313))
    offers.approve(offer_id=made.pk, by=story.lead)
    offers.send(offer_id=made.pk, by=story.maker)
    client = Client()
    client.force_login(someone)
    table = SimpleUploadedFile("名单.xlsx", workbook([["姓名", "手机", "岗位"], ["王五", "12345", "没有"]]))
    client.post(reverse("admin:exchange_import_add"), {"kind": "candidates", "file": table})
    work_off()
    case = onboarding.case(make.application(stage="hired", candidate=make.candidate("赵六")))
    identities.give(
        case_id=case.pk,
        kind="resident",
        number=DOCUMENT,
        address=f"广东省深圳市南山区{HOME}",
        by=Party.CANDIDATE,
    )
    export = Export.objects.create(
        model="recruitment.candidate", format="csv", owner=someone, content=b"x", made_at=timezone.now()
    )
    report = Assessment.objects.filter(basis="partial").latest("pk").pk
    return {
        "the résumé": f"/resumes/{resume.pk}/",
        "a page of it": f"/resumes/{resume.pk}/pages/1/",
        "the report": reverse("admin:recruitment_assessment_pdf", args=[report]),
        "the candidate's report": reverse("admin:recruitment_assessment_pdf_for_candidate", args=[report]),
        "the letter": reverse("offers:letter", args=[Offer.objects.get().pk]),
        "the template of an import": reverse("admin:exchange_import_template", args=["candidates"]),
        "the refused rows": reverse("admin:exchange_import_refused", args=[Import.objects.get().pk]),
        "an export of somebody": reverse("admin:exchange_export_file", args=[export.pk]),
        "a report of the house": "/api/v1/reports/efficiency.xlsx",
    }


def signed_in(who: str) -> Client:
    client = Client()
    client.force_login(PERSONS[who]())
    return client


def test_who_takes_which_file_away() -> None:
    files_of_the_house = scene()
    got: dict[str, set[str]] = {name: set() for name in files_of_the_house}
    for who in [*PERSONS, None]:
        client = signed_in(who) if who else Client()
        for name, address in files_of_the_house.items():
            before = ResumeAccess.objects.count()
            answer: Any = client.get(address)
            if answer.status_code == 200:
                got[name].add(str(who))
            else:
                assert answer.status_code in (302, 401, 403, 404), (who, name)
                # Who is refused is noted as nobody who looked, and reads no name.
                assert ResumeAccess.objects.count() == before
                assert "张三" not in answer.content.decode()
    assert got == MAY
    # A report and a letter that somebody took are looks of their own; an import's rows are the own ones.
    taken = Look.objects.filter(kind=LookKind.FILE).values_list("model", flat=True)
    assert set(taken) == {"recruitment.assessment", "recruitment.offer"}
    assert Look.objects.filter(kind=LookKind.EXPORT, model="efficiency").count() == len(
        MAY["a report of the house"]
    )


def lists() -> list[str]:
    return [
        f"{model._meta.app_label}_{model._meta.model_name}"
        for model, page in admin.site._registry.items()
        if isinstance(page, Lean)
    ]


@pytest.mark.parametrize("who", PERSONS)
def test_a_table_holds_what_its_reader_may_read_and_no_more(who: str) -> None:
    scene()
    client = signed_in(who)
    held: dict[str, set[str]] = {PHONE: set(), MAIL: set(), PAY: set(), DOCUMENT: set(), HOME: set()}
    for name in lists():
        opens = client.get(reverse(f"admin:{name}_changelist")).status_code == 200
        for why in ("", "call"):
            looks = Look.objects.count()
            answer = client.post(reverse(f"admin:{name}_export"), {"format": "csv", "why": why})
            assert (answer.status_code == 200) is opens, name
            # Who takes anything away is noted, who is refused is not.
            assert Look.objects.count() == looks + opens, name
            plain = answer.content.decode("utf-8-sig").replace(" ", "") if opens else ""
            for secret, where in held.items():
                if secret.replace(" ", "") in plain:
                    assert why, (name, "in full without a reason")
                    where.add(name)
    reached = {"recruitment_candidate", "recruitment_followup"} if who in RECRUITERS else set()
    assert (held[PHONE], held[MAIL] - {"recruitment_followup"}) == (
        reached,
        reached - {"recruitment_followup"},
    )
    # What is paid, and what identity documents say, stands in no list, whoever asks.
    assert held[PAY] == held[DOCUMENT] == held[HOME] == set()
