"""Voices of questions on the admin's pages: added, heard, shown in the preview, removed."""

import io
from typing import Any

import pytest
from django.urls import reverse

from recruitment.models import Voice
from tests.factories import recruitment as make
from tests.recruitment.recordings.test_voices import first_of, read_aloud, tone

pytestmark = pytest.mark.django_db


def test_hr_adds_hears_and_removes_a_recording_on_the_questions_page(as_hr: Any) -> None:
    version = make.plan().newest()
    read_aloud(version, "own")
    question = first_of(version)
    page = reverse("admin:recruitment_question_change", args=[question.pk])
    step = reverse("admin:recruitment_question_step", args=[question.pk, "voice"])
    file = io.BytesIO(tone())
    file.name = "reading.wav"
    assert as_hr.post(step, {"language": "zh-hans", "file": file}).status_code == 302
    voice = Voice.objects.get()
    assert f"/admin/voices/{voice.pk}/" in as_hr.get(page).content.decode()
    assert as_hr.get(f"/admin/voices/{voice.pk}/")["Content-Type"] == "audio/mpeg"
    assert as_hr.get("/admin/voices/0/").status_code == 404
    text = as_hr.get(reverse("admin:recruitment_planversion_change", args=[version.pk])).content.decode()
    assert "我们的录音" in text and "只有文字" in text
    preview = as_hr.get(reverse("admin:recruitment_planversion_preview", args=[version.pk])).content.decode()
    assert preview.count("听题目") == 1
    broken = io.BytesIO(b"no sound")
    broken.name = "reading.wav"
    assert as_hr.post(step, {"language": "zh-hans", "file": broken}).status_code == 422
    away = reverse("admin:recruitment_question_step", args=[question.pk, "voice-remove"])
    assert as_hr.post(away, {"language": "zh-hans"}).status_code == 302
    assert Voice.objects.count() == 0
