"""Making and ending keys to the API."""

import hashlib
import secrets

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.errors import Forbidden, Invalid
from people.actors import Actor, Party, actor_user
from people.models import ApiToken, User
from people.rules import may_keep

LONGEST_NAME = 60


def digest(token: str) -> str:
    """What is kept of a key. It has 256 random bits, so that one fast hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def mint(*, user_id: int, name: str, by: Actor) -> str:
    """Make a key and return it, the only time that it is known; one of the same name ends.

    Forbidden: not_permitted. Invalid: token_name_invalid.
    """
    user = _kept_by(by, user_id)
    name = name.strip()
    if not 0 < len(name) <= LONGEST_NAME or "\x00" in name:
        raise Invalid("token_name_invalid", _("A key needs a name of at most 60 characters."))
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        user.api_tokens.filter(name=name).delete()
        ApiToken.objects.create(user=user, name=name, digest=digest(token))
    return token


def end(*, user_id: int, token_id: int, by: Actor) -> None:
    """End one key at once. Forbidden: not_permitted. Ending one that is gone already is harmless."""
    _kept_by(by, user_id).api_tokens.filter(pk=token_id).delete()


def _kept_by(by: Actor, user_id: int) -> User:
    user = User.objects.get(pk=user_id)
    keeper = actor_user(by)
    if by is not Party.SYSTEM and (keeper is None or not may_keep(keeper, user)):
        raise Forbidden("not_permitted", _("Only the HR lead may do this."))
    return user
