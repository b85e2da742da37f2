"""What the report holds: figures and codes by part, people as their accounts' numbers."""

import shutil
from datetime import timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import connection
from django.db.models import Q
from django.utils import timezone

from core.checks.models import Check, Size
from core.events import pulse
from core.events.models import Reaction, ReactionState
from core.jobs.models import LongWork, WorkState
from core.trouble import looking
from messaging.enums import DeliveryState
from messaging.models import Delivery, Message
from people.enums import Role
from people.models import ApiToken, CalendarYear, Employee, User
from people.services import second_factor
from recruitment.enums import FollowUpState, InterviewState, OpeningState
from recruitment.models import Decision, FollowUp, Interview, Opening

UNUSED_AFTER, LONG_WAIT = timedelta(days=90), timedelta(days=7)
# Of a list of accounts so many are named; all are counted.
MOST_NAMED = 30
# Growth is told from sizes that lie so far apart at least.
SHORTEST_STRETCH = timedelta(days=14)
MONTH = timedelta(days=30)
OLDEST_BACKUP, OLDEST_DRILL = timedelta(hours=36), timedelta(days=8)
SOON_FULL_MONTHS, MANY_ADMINISTRATORS = 6, 3


def data_quality() -> dict[str, Any]:
    """The last look at each promise, and figures that are missing where they are needed."""
    checks = [
        {
            "code": one.code,
            "found": one.count,
            "is_more": one.is_more,
            "error": one.error,
            "at": one.at.isoformat(),
        }
        for one in Check.objects.latest_of_each().order_by("code")
    ]
    running = Opening.objects.filter(state=OpeningState.OPEN)
    year = timezone.localdate().year
    return {
        "promises": checks,
        "missing": {
            "openings_of_closed_accounts": running.filter(specialist__is_active=False).count(),
            "colleagues_without_department": _colleagues().filter(department=None).count(),
            "colleagues_without_address": _colleagues().filter(email="", wecom_userid="").count(),
            "employees_without_number": Employee.objects.filter(number="").count(),
            "calendar_years": [
                one for one in (year, year + 1) if not CalendarYear.objects.filter(pk=one).exists()
            ],
        },
    }


def rights() -> dict[str, Any]:
    """Who may do what, and which accounts and keys nobody uses."""
    active, today = _colleagues(), timezone.localdate()
    long_ago = timezone.now() - UNUSED_AFTER
    unused = active.filter(Q(last_login__lt=long_ago) | Q(last_login=None, date_joined__lt=long_ago))
    held = Authenticator.objects.filter(type__in=(Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN))
    password_alone = active.exclude(pk__in=held.values("user"))
    keys = ApiToken.objects.good().filter(user__is_active=True)
    return {
        "roles": {str(role): active.filter(roles__contains=[role]).count() for role in Role},
        "without_role": _named(active.filter(roles=[], is_superuser=False)),
        "administrators": _named(active.filter(is_superuser=True)),
        "leads": _named(active.filter(roles__contains=[Role.LEAD])),
        "unused": _named(unused),
        "password_alone": _named(password_alone),
        "second_factor_for": sorted(second_factor.rule().roles),
        "keys": {
            "good": keys.count(),
            "without_end": keys.filter(expires_on=None).count(),
            "unused": keys.filter(
                Q(last_used_on__lt=today - UNUSED_AFTER) | Q(last_used_on=None, created_at__lt=long_ago)
            ).count(),
        },
    }


def stuck() -> dict[str, int]:
    """What waits for somebody, and has for too long."""
    now = timezone.now()
    interrupted = Interview.objects.filter(state=InterviewState.INTERRUPTED, resume_until__lt=now)
    return {
        "reactions": Reaction.objects.filter(state=ReactionState.FAILED).count(),
        "works": LongWork.objects.filter(state=WorkState.FAILED).count(),
        "deliveries_ambiguous": Delivery.objects.filter(state=DeliveryState.AMBIGUOUS).count(),
        "messages_not_reached": Message.objects.not_told().count(),
        "follow_ups_overdue": FollowUp.objects.filter(
            state__in=FollowUpState.unfinished, due_at__lt=now
        ).count(),
        "interviews_past_return": interrupted.count(),
        "decisions_waiting": Decision.objects.waiting().filter(at__lt=now - LONG_WAIT).count(),
    }


def capacity() -> dict[str, Any]:
    """How large it is, how much it grows in a month, how long the room lasts: None where too little is known."""
    disk = shutil.disk_usage(settings.HOME)
    size = _database_bytes()
    growth = _growth(size)
    return {
        "database_bytes": size,
        "disk_free": disk.free,
        "disk_total": disk.total,
        "growth_bytes": growth,
        # The disk takes recordings, too: their growth is in what is left of it, where that is known.
        "months_left": _months_left(disk.free, growth),
        "largest": _largest(),
    }


def risks(parts: dict[str, Any]) -> list[dict[str, Any]]:
    """What is open, as codes with their figures, the gravest first."""
    ages, who, room = pulse.ages(), parts["rights"], parts["capacity"]
    made, tried = ages.get("backup"), ages.get("backup_drill")
    red = [one for one in parts["data_quality"]["promises"] if one["found"] != 0]
    found: list[tuple[bool, str, dict[str, Any]]] = [
        (not settings.BACKUPS_ARE_ON, "no_backup", {}),
        (
            settings.BACKUPS_ARE_ON and (made is None or made > OLDEST_BACKUP.total_seconds()),
            "old_backup",
            {},
        ),
        (
            settings.BACKUPS_ARE_ON and (tried is None or tried > OLDEST_DRILL.total_seconds()),
            "old_drill",
            {},
        ),
        (not settings.HTTPS, "no_https", {}),
        (Role.LEAD not in who["second_factor_for"], "leads_by_password", {}),
        (bool(who["password_alone"]["count"]), "password_alone", {"count": who["password_alone"]["count"]}),
        (
            who["administrators"]["count"] > MANY_ADMINISTRATORS,
            "many_administrators",
            {"count": who["administrators"]["count"]},
        ),
        (bool(who["unused"]["count"]), "unused_accounts", {"count": who["unused"]["count"]}),
        (bool(who["keys"]["without_end"]), "keys_without_end", {"count": who["keys"]["without_end"]}),
        (bool(red), "promises_broken", {"count": len(red)}),
        (not parts["data_quality"]["promises"], "never_checked", {}),
        (any(parts["stuck"].values()), "stuck", {"count": sum(parts["stuck"].values())}),
        (
            room["months_left"] is not None and room["months_left"] < SOON_FULL_MONTHS,
            "soon_full",
            {"months": room["months_left"]},
        ),
        (not settings.MAIL_IS_CONNECTED, "no_mail", {}),
        (
            bool(parts["data_quality"]["missing"]["calendar_years"]),
            "calendar_missing",
            {"years": ", ".join(map(str, parts["data_quality"]["missing"]["calendar_years"]))},
        ),
    ]
    troubles = [{"code": f"trouble_{one.code}"} for one in looking.standing()]
    return troubles + [{"code": code, **facts} for holds, code, facts in found if holds]


def note_size() -> None:
    """Write down how large the database is today."""
    Size.objects.create(database_bytes=_database_bytes(), free_bytes=shutil.disk_usage(settings.HOME).free)


def _colleagues() -> Any:
    return User.objects.filter(is_active=True)


def _named(accounts: Any) -> dict[str, Any]:
    numbers = list(accounts.order_by("name_key", "pk").values_list("pk", flat=True))
    return {"count": len(numbers), "who": numbers[:MOST_NAMED]}


def _growth(size: int) -> int | None:
    """Bytes in thirty days, over at most the last year; None before two weeks of sizes are known."""
    now = timezone.now()
    first = Size.objects.filter(at__gt=now - timedelta(days=366)).order_by("at").first()
    if first is None or now - first.at < SHORTEST_STRETCH:
        return None
    return round((size - first.database_bytes) * (MONTH / (now - first.at)))


def _months_left(free: int, growth: int | None) -> int | None:
    """By the faster of the two: how the database grew, and how the room became less."""
    now = timezone.now()
    first = Size.objects.filter(at__gt=now - timedelta(days=366)).order_by("at").first()
    if growth is None or first is None:
        return None
    lost = round((first.free_bytes - free) * (MONTH / (now - first.at)))
    faster = max(growth, lost)
    return free // faster if faster > 0 else None


def _database_bytes() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])


def _largest() -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, n_live_tup, pg_total_relation_size(relid) FROM pg_stat_user_tables"
            " ORDER BY 3 DESC, 1 LIMIT 8"
        )
        return [{"table": name, "rows": rows, "bytes": size} for name, rows, size in cursor.fetchall()]
