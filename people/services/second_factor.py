"""Who needs more than a password, until when they may set it up, and which devices are known."""

import hashlib
import secrets
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.errors import Forbidden, Invalid
from people.actors import Actor, Party, actor_user, require_right
from people.enums import Role
from people.models import SecondFactorRule, TrustedDevice, User
from people.rights import Right
from people.rules import may_keep
from people.services import sessions

# What stands for a person; codes on paper are for the day when these are lost.
KINDS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
TRUSTED_DAYS = 30
LONGEST_GRACE_DAYS = 90
# How long each process goes by the rule as it read it last: nobody asks the database for it with every click.
_READ_EVERY_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Rule:
    """The rule as it stands: the roles that need a second factor, the days of grace, since when."""

    roles: frozenset[str]
    grace: timedelta
    since: datetime

    def due_at(self, user: User) -> datetime | None:
        """From when this person's password alone opens nothing; None where it is enough. A superuser is a lead."""
        held = {*user.roles, Role.LEAD} if user.is_superuser else set(user.roles)
        if self.roles.isdisjoint(held):
            return None
        return max(self.since, user.date_joined) + self.grace


_known: tuple[float, Rule] | None = None


def rule() -> Rule:
    """The rule, at most ten seconds old."""
    global _known  # noqa: PLW0603 -- one for each process
    if _known is None or time.monotonic() - _known[0] > _READ_EVERY_SECONDS:
        row = SecondFactorRule.objects.first() or SecondFactorRule()
        _known = time.monotonic(), Rule(frozenset(row.roles), timedelta(days=row.grace_days), row.since)
    return _known[1]


def read_anew() -> None:
    """The next question reads the rule."""
    global _known  # noqa: PLW0603 -- one for each process
    _known = None


def change_rule(*, roles: list[str], grace_days: int, by: Actor) -> SecondFactorRule:
    """Say whose password is not enough. The grace counts anew when a role is added.

    Forbidden: not_permitted. Invalid: roles_invalid, grace_invalid.
    """
    require_right(by, Right.KEEP)
    if not set(roles) <= set(Role.values):
        raise Invalid("roles_invalid", _("There is no such role."))
    if not 0 <= grace_days <= LONGEST_GRACE_DAYS:
        raise Invalid("grace_invalid", _("The days to set it up are 0 to 90."))
    with transaction.atomic():
        row, _is_new = SecondFactorRule.objects.select_for_update().get_or_create(pk=1)
        if set(roles) - set(row.roles):
            row.since = timezone.now()
        row.roles, row.grace_days = sorted(set(roles)), grace_days
        row.save()
        transaction.on_commit(read_anew)
    read_anew()
    return row


def is_held(user: User) -> bool:
    """Whether the person has set one up."""
    return Authenticator.objects.filter(user=user, type__in=KINDS).exists()


def reset(*, user_id: int, by: Actor) -> None:
    """Take somebody's second factor away (a lost phone): passkeys, codes and devices go, every session ends.

    Forbidden: not_permitted, for a superuser's to anybody but a superuser, and for one's own: one removes that oneself.
    """
    with transaction.atomic():
        user = User.objects.select_for_update(of=("self",)).get(pk=user_id)
        keeper = actor_user(by)
        if by is not Party.SYSTEM and (keeper is None or keeper.pk == user.pk or not may_keep(keeper, user)):
            raise Forbidden("not_permitted", _("Only the HR lead may do this."))
        Authenticator.objects.filter(user=user).delete()
        sessions.end_all(user_id=user.pk, by=Party.SYSTEM)


def trust(user: User, *, browser: str) -> str:
    """Know this browser for a month; returns what it is to keep. The second factor was passed a moment ago."""
    kept = secrets.token_urlsafe(32)
    ends = timezone.now() + timedelta(days=TRUSTED_DAYS)
    TrustedDevice.objects.create(user=user, digest=_digest(kept), browser=browser, expires_at=ends)
    return kept


def is_trusted(user: User, kept: str) -> bool:
    """Whether this browser is known, to this person."""
    if not kept:
        return False
    known = TrustedDevice.objects.filter(user=user, digest=_digest(kept), expires_at__gt=timezone.now())
    return known.exists()


def distrust(user: User, device_id: int | None = None) -> None:
    """Forget one device, or all of them. One that is gone already is harmless."""
    devices = user.trusted_devices.all()
    (devices if device_id is None else devices.filter(pk=device_id)).delete()


def forget_old() -> int:
    """Delete the devices whose month is over; returns how many."""
    return TrustedDevice.objects.filter(expires_at__lt=timezone.now()).delete()[0]


def _digest(kept: str) -> str:
    return hashlib.sha256(kept.encode()).hexdigest()
