"""At every start of a demo: windows moved, links minted, logins written to demo.json."""

import json
import secrets
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.utils import timezone

from messaging.models import Message
from notifications.services import guides
from people.actors import Party
from people.calendar import add_working_days, first_working_day
from people.enums import KeyScope
from people.models import User
from people.services import tokens
from recruitment.enums import InterviewKind, InterviewState
from recruitment.models import Interview, Question
from recruitment.services import links
from tools.demo import content, files, guests
from tools.demo.story import HOUSE, WINDOW

# What the demo's own keys are called, so that a new one takes the place of the old one.
KEY = "demo.json"
_A_MINUTE = timedelta(minutes=1)
_OUR_LENGTHS = (WINDOW, WINDOW + _A_MINUTE)


def never_opened() -> list[Interview]:
    """The story's interviews that nobody has begun, by candidate."""
    return [
        row
        for row in Interview.objects.filter(
            state=InterviewState.SCHEDULED, attempt=1, round=2, started_at__isnull=True, kind=InterviewKind.ROOM,
        )
        .select_related("application__candidate", "version")
        .order_by("pk")
        if row.application.candidate.email.endswith(HOUSE)
    ]  # fmt: skip


def move_windows(interviews: list[Interview]) -> None:
    """Windows open now and for 30 days; the result is expected as if the interview were taken today. One UPDATE.

    A window that somebody gave is left as it is. A guide of the last day stays the guide of the moved window: nobody
    is sent a second one for a restart.
    """
    now = timezone.now()
    expected = add_working_days(first_working_day(timezone.localdate()).date, 1).date
    ours = [row for row in interviews if row.window_closes_at - row.window_opens_at in _OUR_LENGTHS]
    moved = {}
    for interview in ours:
        if now - interview.window_opens_at < timedelta(days=1):
            moved[guides.key_of(interview)] = interview
        interview.window_opens_at, interview.window_closes_at = now - _A_MINUTE, now + WINDOW
        interview.expected_result = expected
    Interview.objects.bulk_update(ours, ["window_opens_at", "window_closes_at", "expected_result"])
    sent = list(Message.objects.filter(idem_key__in=list(moved)))
    for message in sent:
        message.idem_key = guides.key_of(moved[message.idem_key])
    Message.objects.bulk_update(sent, ["idem_key"])


def prepare(path: Path) -> dict[str, Any]:
    """Write demo.json as the contract says, readable by its owner only.

    What somebody changed stays changed: of a colleague with a password or key of somebody's own it says null, and a
    link that somebody used stays good.
    """
    before = json.loads(path.read_text()) if path.exists() else {}
    with transaction.atomic():
        interviews = never_opened()
        move_windows([*interviews, *guests.those_who_wait()])
        # The new links take the place of those of the last start that nobody used.
        guests.forget([row["link"].rpartition("/")[2] for row in before.get("candidates", [])])
        colleagues = {user.username: user for user in User.objects.filter(username__in=_usernames())}
        password, ours = _passwords(before, list(colleagues.values()))
        logins = {
            username: {"username": username, "password": password if username in ours else None}
            for username in colleagues
        }
        keys = {username: _key(user, before) for username, user in colleagues.items()}
        demo = {
            "base_url": settings.BASE_URL,
            "hr": {**logins["hr"], "token": keys["hr"]},
            "managers": [
                {**logins[name], "token": keys[name], "department": user.department_id}
                for name, user in colleagues.items()
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
            "roles": {
                role: logins[username] for role, username in content.ROLES.items() if username in logins
            },
        }
    files.write(path, demo)
    return demo


def _usernames() -> list[str]:
    return [username for username, *_rest in content.COLLEAGUES]


def _passwords(before: dict[str, Any], colleagues: list[User]) -> tuple[str, set[str]]:
    """The password of the demo, and who has it: those without any get it now, whoever chose an own one keeps that.

    One hash serves all, since a hash is slow on purpose: several with the very same one have it from here, and nobody
    who chose a password has somebody else's hash.
    """
    hashes = Counter(user.password for user in colleagues if user.has_usable_password())
    given = next((hashed for hashed, count in hashes.most_common(1) if count > 1), "")
    known = next((login["password"] for login in _logins(before) if login.get("password")), "")
    password = known or secrets.token_urlsafe(9)
    shared = given if given and known else make_password(password)
    ours = set()
    for user in colleagues:
        if not user.has_usable_password() or (user.password == given and given != shared):
            # Past save(): a key that the person holds does not end with a password that nobody chose.
            User.objects.filter(pk=user.pk).update(password=shared)
            user.password = shared
        # Signing in may have made the hash of the same password anew.
        if user.password == shared or (
            known and user.password != given and check_password(known, user.password)
        ):
            ours.add(user.username)
    return password, ours


def _logins(before: dict[str, Any]) -> list[dict[str, Any]]:
    return [before.get("hr", {}), *before.get("managers", []), *before.get("roles", {}).values()]


def _key(user: User, before: dict[str, Any]) -> str | None:
    """The key of the last start while it is good; one that somebody ended stays ended."""
    known = {login["username"]: login["token"] for login in _logins(before) if "token" in login}
    if user.username in known:
        token: str | None = known[user.username]
        is_good = token and user.api_tokens.filter(digest=tokens.digest(token)).exists()
        return token if is_good else None
    if not user.is_active or not (user.is_manager or user.username == "hr"):
        return None
    return tokens.mint(user_id=user.pk, name=KEY, scope=KeyScope.WRITE, days=None, by=Party.SYSTEM)


def answers() -> dict[str, str]:
    """Question id → a text that earns full marks."""
    samples = content.samples()
    return {str(row.pk): samples[row.text_en] for row in Question.objects.filter(text_en__in=samples)}
