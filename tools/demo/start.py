"""At every start of a demo: windows moved, links minted, logins written to demo.json."""

import json
import os
import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone
from rest_framework.authtoken.models import Token

from messaging.models import Message
from notifications.services import guides
from people.actors import Party
from people.calendar import add_working_days, first_working_day
from people.models import User
from recruitment.enums import InterviewState
from recruitment.models import Interview, Question
from recruitment.services import links
from tools.demo import content
from tools.demo.story import WINDOW


def never_opened() -> list[Interview]:
    """The story's interviews that nobody has begun, by candidate."""
    return list(
        Interview.objects.filter(
            state=InterviewState.SCHEDULED, attempt=1, round=2, started_at__isnull=True,
            application__candidate__email__endswith="@demo.example.com",
        )
        .select_related("application__candidate", "plan")
        .order_by("pk")
    )  # fmt: skip


def move_windows(interviews: list[Interview]) -> None:
    """Windows open now and for 30 days; the result is expected as if the interview were taken today. One UPDATE.

    A guide of the last day stays the guide of the moved window: nobody is sent a second one for a restart.
    """
    now = timezone.now()
    expected = add_working_days(first_working_day(timezone.localdate()).date, 1).date
    moved = {}
    for interview in interviews:
        if now - interview.window_opens_at < timedelta(days=1):
            moved[guides.key_of(interview)] = interview
        interview.window_opens_at, interview.window_closes_at = now - timedelta(minutes=1), now + WINDOW
        interview.expected_result = expected
    Interview.objects.bulk_update(interviews, ["window_opens_at", "window_closes_at", "expected_result"])
    sent = list(Message.objects.filter(idem_key__in=list(moved)))
    for message in sent:
        message.idem_key = guides.key_of(moved[message.idem_key])
    Message.objects.bulk_update(sent, ["idem_key"])


def prepare(path: Path) -> dict[str, Any]:
    """Write demo.json as the contract says, readable by its owner only; passwords stay what they were."""
    before = json.loads(path.read_text()) if path.exists() else {}
    password = before.get("hr", {}).get("password") or secrets.token_urlsafe(9)
    with transaction.atomic():
        interviews = never_opened()
        move_windows(interviews)
        colleagues = {user.username: user for user in User.objects.filter(username__in=_usernames())}
        # One hash for the same password of all: a hash is slow on purpose, and a start should take seconds.
        first = colleagues["hr"]
        shared = first.password if first.check_password(password) else make_password(password)
        for user in colleagues.values():
            if user.password != shared:
                user.password = shared
                user.save(update_fields=["password"])
        demo = {
            "base_url": settings.BASE_URL,
            "hr": _login(colleagues["hr"], password),
            "managers": [
                {**_login(user, password), "department": user.department_id}
                for user in colleagues.values()
                if user.is_manager
            ],
            "candidates": [
                {
                    "name": interview.application.candidate.name,
                    "application": interview.application_id,
                    "interview": interview.pk,
                    "link": f"{settings.BASE_URL}/i/{links.mint(interview_id=interview.pk, by=Party.SYSTEM)}",
                }
                for interview in interviews
            ],
            "answers": answers(),
        }
    draft = path.with_suffix(".draft")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(demo, file, ensure_ascii=False, indent=1)
    draft.replace(path)
    return demo


def _usernames() -> list[str]:
    return [username for username, *_rest in content.COLLEAGUES]


def _login(user: User, password: str) -> dict[str, str]:
    return {
        "username": user.username,
        "password": password,
        "token": Token.objects.get_or_create(user=user)[0].key,
    }


def answers() -> dict[str, str]:
    """Question id → a text that earns full marks."""
    samples = {
        text: sample
        for _title, _en, _minutes, stage in content.STAGES
        for text, _text_en, sample, _points in stage
    }
    return {str(row.pk): samples[row.text] for row in Question.objects.filter(text__in=samples)}
