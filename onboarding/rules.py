"""Rights as predicates: services, API and admin ask the same questions."""

from django.contrib.auth.models import AnonymousUser

from people.models import User
from people.rules import is_hr


def may_prepare(user: User | AnonymousUser) -> bool:
    """May mark steps, open cases and say that somebody started: every HR colleague stands in for the specialist."""
    return is_hr(user)
