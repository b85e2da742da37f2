"""Who takes a step: a signed-in person, or a party without an account."""

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.errors import Forbidden
from people.models import User
from people.rights import Right
from people.rules import has_right, is_hr


class Party(models.TextChoices):
    """Those who act without an account."""

    CANDIDATE = "candidate", _("candidate")
    SYSTEM = "system", _("system")
    VENDOR = "vendor", _("interview vendor")


Actor = User | Party


def actor_label(actor: Actor) -> str:
    """The name to keep beside a step: "candidate", "system", "vendor", or the person's name and user name."""
    if isinstance(actor, Party):
        return actor.value
    return f"{actor.name} ({actor.username})" if actor.name else actor.username


def actor_user(actor: Actor) -> User | None:
    """The person, when a person acted."""
    return actor if isinstance(actor, User) else None


def person_of(request: HttpRequest) -> User:
    """The person behind a request, in the admin or the API; raises Forbidden("not_permitted") for a stranger."""
    if isinstance(request.user, User):
        return request.user
    raise Forbidden("not_permitted", _("Only HR staff and department managers may use this."))


def require_hr(actor: Actor) -> None:
    """Raise Forbidden("not_permitted") unless an HR colleague, or the system itself, takes the step."""
    if actor is Party.SYSTEM or (isinstance(actor, User) and is_hr(actor)):
        return
    raise Forbidden("not_permitted", _("Only HR staff may do this."))


def require_right(actor: Actor, *rights: Right) -> None:
    """Raise Forbidden("not_permitted") unless the system, or a colleague with one of these rights, takes the step."""
    if actor is Party.SYSTEM:
        return
    if isinstance(actor, User) and any(has_right(actor, right) for right in rights):
        return
    raise Forbidden("not_permitted", _("Your role does not include this."))
