"""`imports/`: exactly as it is written down; for whom it is not, nothing is kept and nothing leaks."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from core.exchange import files, reading
from core.exchange.models import Import
from recruitment.models import Application, Candidate
from tests.core.exchange.files import repacked, workbook
from tests.factories import api, people, recruitment
from tests.factories.works import work_off

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_november")]
ADDRESS = "/api/v1/imports/"
HEADINGS = ["姓名", "手机", "岗位"]
GOOD, BAD = ["张三", "13800138000", "数据分析师"], ["李四", "12345", "数据分析师"]


def post(client: APIClient, content: bytes, **more: Any) -> Any:
    sent = {"kind": "candidates", "file": SimpleUploadedFile("名单.xlsx", content), **more}
    return client.post(ADDRESS, sent, format="multipart")


def sent(client: APIClient, *rows: list[str]) -> str:
    answer = post(client, workbook([HEADINGS, *rows]))
    assert (answer.status_code, answer.json()["state"]) == (201, "checking")
    work_off()
    return f"{ADDRESS}{answer.json()['id']}/"


def test_sent_checked_confirmed_and_taken_back() -> None:
    recruitment.opening(title="数据分析师")
    client = api.client_of(people.recruiter())
    mine = sent(client, GOOD, BAD, GOOD)
    answer = client.get(mine).json()
    assert answer == {
        "id": Import.objects.get().pk,
        "state": "checked",
        "progress": {"done": 3, "of": 3},
        "counts": {"new": 1, "changed": 0, "unchanged": 0, "duplicate": 1, "refused": 1},
        "refused": [
            {
                "row": 3,
                "column": "电话",
                "code": "phone_unknown",
                "message": "“12345”不是有效的电话号码，请写成 138 0013 8000 或 +44 20 7946 0018 的形式。",
            }
        ],
        "digest": Import.objects.get().digest,
        "error": None,
    }
    wrong = client.post(f"{mine}confirm/", {"digest": "0" * 64}, format="json")
    assert (wrong.status_code, wrong.json()["code"]) == (409, "digest_differs")
    early = client.post(f"{mine}undo/")
    assert (early.status_code, early.json()["code"]) == (409, "import_not_applied")

    answers = [client.post(f"{mine}confirm/", {"digest": answer["digest"]}, format="json") for _twice in "ab"]

    assert [(one.status_code, one.json()["state"]) for one in answers] == [(200, "applying")] * 2
    work_off()
    assert client.get(mine).json()["state"] == "applied"
    assert Application.objects.count() == 1
    assert client.post(f"{mine}undo/").json()["state"] == "undoing"
    work_off()
    assert client.get(mine).json()["state"] == "undone"
    assert (Application.objects.count(), Candidate.objects.count()) == (0, 0)


def test_refused_rows_come_back_as_a_table_that_can_be_sent_again() -> None:
    recruitment.opening(title="数据分析师")
    client = api.client_of(people.recruiter())
    mine = sent(client, GOOD, BAD)
    answer = client.get(f"{mine}refused.xlsx")
    assert answer["Content-Disposition"] == f'attachment; filename="refused-{Import.objects.get().pk}.xlsx"'
    lines = [list(line.cells) for line in reading.lines(answer.content)]
    assert lines[0] == [*HEADINGS, "原文件行号", "问题"]
    assert [line[:4] for line in lines[1:]] == [[*BAD, 3.0]]
    assert lines[1][4].startswith("电话：“12345”")
    mended = workbook([lines[0], [BAD[0], "13900139000", BAD[2], *lines[1][3:]]])
    assert post(client, mended).status_code == 201


def test_each_bad_file_is_a_sentence_and_nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    client = api.client_of(people.recruiter())
    good = workbook([HEADINGS, GOOD])
    declared = b'<?xml version="1.0"?><!DOCTYPE s [<!ENTITY x "x">]><sst/>'
    tries = {
        "macro_file": (422, repacked(good, xl__vbaProject_bin=b"x"), {}),
        "entities_inside": (422, repacked(good, xl__sharedStrings_xml=declared), {}),
        "not_a_table": (422, b"%PDF-1.7", {}),
        "empty_file": (422, b"", {}),
        "headings_unknown": (422, workbook([["a", "b"]]), {}),
        "columns_missing": (422, workbook([["姓名"]]), {}),
        "kind_unknown": (422, good, {"kind": "horses"}),
        "mapping_unknown": (422, good, {"mapping": '{"name": "?"}'}),
        "invalid": (422, good, {"mapping": "?"}),
    }
    for code, (status, content, more) in tries.items():
        answer = post(client, content, **more)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert answer.json()["message"] != code
    monkeypatch.setattr(reading, "MOST_BYTES", 100)
    assert (post(client, good).status_code, files.MOST_BYTES) == (413, 20 * 1024 * 1024)
    assert client.post(ADDRESS, {}, format="multipart").status_code == 422
    assert client.post(ADDRESS, {}, format="json").status_code == 415
    assert Import.objects.count() == 0


def test_a_mapping_names_columns_that_nobody_knows() -> None:
    recruitment.opening(title="数据分析师")
    client = api.client_of(people.recruiter())
    content = workbook([["谁", "号", "何职"], GOOD])
    answer = post(client, content, mapping='{"name": "谁", "phone": "号", "opening": "何职"}')
    work_off()
    assert client.get(f"{ADDRESS}{answer.json()['id']}/").json()["counts"]["new"] == 1


def test_whose_it_is() -> None:
    recruitment.opening(title="数据分析师")
    owner = people.recruiter()
    mine = sent(api.client_of(owner), GOOD)
    pages = {"": "get", "refused.xlsx": "get", "confirm/": "post", "undo/": "post"}

    def tries(person: Any) -> set[int]:
        client = api.client_of(person)
        digest = {"digest": Import.objects.get().digest}
        return {
            getattr(client, method)(f"{mine}{page}", digest if method == "post" else None).status_code
            for page, method in pages.items()
        }

    assert tries(None) == {401}
    for other in (people.manager(), people.onboarder(), people.trainer(), people.user()):
        assert tries(other) == {403}
        assert post(api.client_of(other), b"").status_code == 403
    assert tries(people.recruiter()) == {404}
    assert Import.objects.get().state == "checked"
    assert 404 not in tries(people.lead())
    assert api.client_of(owner).get(f"{ADDRESS}0/").status_code == 404
