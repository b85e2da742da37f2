"""Rights as predicates: services, API and admin ask the same questions."""

from django.contrib.auth.models import AnonymousUser

from people.models import User
from people.rules import is_hr


def may_change_plans(user: User | AnonymousUser) -> bool:
    """HR regenerates plans and marks courses done; a manager reads the plans of the own department."""
    return is_hr(user)
