"""Rights as predicates: services, API and admin ask the same questions."""

from django.contrib.auth.models import AnonymousUser

from people.models import User
from people.rights import Right
from people.rules import has_right


def may_change_plans(user: User | AnonymousUser) -> bool:
    """Training specialists regenerate plans and mark courses done; a manager reads the plans of the own department."""
    return has_right(user, Right.TRAIN)
