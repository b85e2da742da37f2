"""Making and ending keys to the API."""

import hashlib
import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.errors import Forbidden, Invalid
from people.actors import Actor, Party, actor_user
from people.enums import KeyScope
from people.models import ApiToken, User
from people.rules import may_hold_keys, may_make_key

LONGEST_NAME = 60
LONGEST_DAYS = 366
# Each stands for a program; who has more has lost sight of them.
MOST_KEYS = 20
# How long a key that is over stays in the list, so that whoever wonders why a program is refused finds it.
KEPT_DAYS = 30


def digest(token: str) -> str:
    """What is kept of a key. It has 256 random bits, so that one fast hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def mint(*, user_id: int, name: str, scope: KeyScope, days: int | None, by: Actor) -> str:
    """Make a key and return it, the only time that it is known; one of the same name ends.

    It is good for `days` days from today; without end (None) only where the system itself makes it.
    Forbidden: not_permitted. Invalid: token_name_invalid, token_days_invalid, too_many_tokens.
    """
    user = _kept_by(by, user_id)
    maker = actor_user(by)
    if maker is not None and not may_make_key(maker, user):
        raise Forbidden(
            "not_permitted", _("A key does what its account may: you may not do all of that yourself.")
        )
    name = name.strip()
    if not 0 < len(name) <= LONGEST_NAME or "\x00" in name:
        raise Invalid("token_name_invalid", _("A key needs a name of at most 60 characters."))
    if (days is None and by is not Party.SYSTEM) or (days is not None and not 0 < days <= LONGEST_DAYS):
        raise Invalid("token_days_invalid", _("A key is good for 1 to 366 days."))
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        User.objects.select_for_update(of=("self",)).get(pk=user.pk)
        user.api_tokens.filter(name=name).delete()
        if user.api_tokens.count() >= MOST_KEYS:
            raise Invalid(
                "too_many_tokens", _("There are 20 keys already. Please end those that no program uses.")
            )
        ends = None if days is None else timezone.localdate() + timedelta(days=days)
        ApiToken.objects.create(
            user=user, name=name, digest=digest(token), scope=KeyScope(scope), expires_on=ends
        )
    return token


def end(*, user_id: int, token_id: int, by: Actor) -> None:
    """End one key at once. Forbidden: not_permitted. Ending one that is gone already is harmless."""
    _kept_by(by, user_id).api_tokens.filter(pk=token_id).delete()


def forget_old() -> int:
    """Delete the keys that have been over for a month; returns how many."""
    before = timezone.localdate() - timedelta(days=KEPT_DAYS)
    return ApiToken.objects.filter(expires_on__lt=before).delete()[0]


def _kept_by(by: Actor, user_id: int) -> User:
    user = User.objects.get(pk=user_id)
    keeper = actor_user(by)
    if by is not Party.SYSTEM and (keeper is None or not may_hold_keys(keeper, user)):
        raise Forbidden("not_permitted", _("Only the HR lead may do this."))
    return user
