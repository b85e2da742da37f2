"""Links by which a colleague chooses a password: asked for by whoever forgot it, or sent to a new colleague.

A link is good once and for a time. Nothing of it is stored: it is made of the account as it stands (password, last
sign-in, address, sessions ended) and the suite's key, so that it ends with the first use, a sign-in, another address,
or when all sessions are ended.
"""

import logging
from datetime import timedelta
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.contrib.auth import password_validation
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.crypto import constant_time_compare
from django.utils.http import base36_to_int, int_to_base36
from django.utils.translation import gettext as _
from django_q.tasks import async_task

from core.errors import Forbidden, Invalid, NotFound
from people.actors import Actor, Party, actor_user
from people.known_browsers import Caller
from people.models import User
from people.rules import may_keep
from people.services import signing_in

logger = logging.getLogger(__name__)
FORGOTTEN, INVITED = "f", "i"
GOOD_FOR = {FORGOTTEN: timedelta(hours=1), INVITED: timedelta(days=7)}
NOBODY = 0


class _Links(PasswordResetTokenGenerator):
    """Django's, one for each kind; a link of one is none of the other."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.key_salt = f"people.password_links.{kind}"
        self.good_for = GOOD_FOR[kind]

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        # Nothing is added before the first end, so that no link is lost by an upgrade.
        return f"{super()._make_hash_value(user, timestamp)}{user.sessions_ended or ''}"

    def is_good(self, user: User, token: str) -> bool:
        """Made for this account as it stands, and not too old."""
        try:
            made = base36_to_int(token.partition("-")[0])
        except ValueError:
            return False
        own: Any = self
        right = own._make_token_with_timestamp(user, made, own.secret)
        age = own._num_seconds(own._now()) - made
        return constant_time_compare(right, token) and 0 <= age <= self.good_for.total_seconds()


def ask(*, typed: str, caller: Caller) -> None:
    """Somebody forgot the password and typed a user name or an e-mail address.

    Whoever it is and whether there is anybody: the same is done here, in the same time, and a job sees to the rest.
    TooMany: `too_many_tries`.
    """
    user = _whose(typed.strip())
    signing_in.take_link(typed=typed, user=user, caller=caller)
    async_task("people.tasks.send_password_link", user.pk if user else NOBODY, FORGOTTEN, group="people")


def invite(*, user_id: int, by: Actor) -> str:
    """Send a colleague the link to choose a password by; "" when it is on its way by mail.

    Without a mail server, or an address, the link itself is returned, to be handed over.
    Forbidden: not_permitted. Invalid: account_closed.
    """
    user = User.objects.get(pk=user_id)
    keeper = actor_user(by)
    if by is not Party.SYSTEM and (keeper is None or not may_keep(keeper, user)):
        raise Forbidden("not_permitted", _("Only the HR lead may do this."))
    if not user.is_active:
        raise Invalid("account_closed", _("The account is closed."))
    if not (settings.MAIL_IS_CONNECTED and user.email):
        return _link(user, INVITED)
    async_task("people.tasks.send_password_link", user.pk, INVITED, group="people")
    return ""


def send(*, user_id: int, kind: str) -> bool:
    """Mail the link, in the colleague's language; whether a mail server took it. For a job: it talks to the outside."""
    user = User.objects.filter(pk=user_id, is_active=True).exclude(email="").first()
    if user is None or not settings.MAIL_IS_CONNECTED:
        return False
    with translation.override(user.language):
        company = settings.COMPANY_NAME or "HR Suite"
        facts = {
            "name": user.get_full_name(), "username": user.username, "company": company,
            "link": _link(user, kind), "is_new": kind == INVITED,
        }  # fmt: skip
        subject = _("Choose your password") if kind == INVITED else _("A new password")
        mail = EmailMessage(
            subject=f"{company}: {subject}",
            body=render_to_string("people/mail/password_link.txt", facts),
            to=[user.email],
            headers={"Auto-Submitted": "auto-generated"},
        )
    try:
        return bool(mail.send())
    except (SMTPException, OSError) as error:
        # What the server said may hold the address.
        logger.warning("a link could not be mailed: account %s, %s", user.pk, type(error).__name__)
        return False


def whose(number: str, token: str) -> tuple[User, str]:
    """Whose password a link chooses, and of which kind it is. NotFound: link_unknown."""
    gone = NotFound(
        "link_unknown", _("This link was used already, or is too old. Please ask for another one.")
    )
    try:
        user = User.objects.filter(pk=base36_to_int(number), is_active=True).first()
    except (ValueError, OverflowError):
        raise gone from None
    kind = token[:1]
    if user is None or kind not in GOOD_FOR or not _Links(kind).is_good(user, token[1:]):
        raise gone
    return user, kind


def choose(*, number: str, token: str, password: str) -> User:
    """Set the password; the link, every session, key and known device of the account end with it.

    Nobody is signed in by it: the second factor is asked for where there is one. NotFound: link_unknown. Invalid:
    password_weak.
    """
    with transaction.atomic():
        user, _kind = whose(number, token)
        user = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
        whose(number, token)
        try:
            password_validation.validate_password(password, user)
        except ValidationError as error:
            raise Invalid("password_weak", " ".join(error.messages)) from error
        user.set_password(password)
        user.save(update_fields=["password"])
    return user


def _whose(typed: str) -> User | None:
    """The account that is meant: by its user name, or by an address that it alone has."""
    users = User.objects.filter(is_active=True).exclude(email="")
    # Both are looked for, found or not: the time says nothing.
    by_name, by_address = users.signing_in_as(typed), list(users.filter(email=typed.lower())[:2])
    found = [by_name] if by_name else by_address
    # Whoever was given no password signs in another way.
    return found[0] if len(found) == 1 and found[0].has_usable_password() else None


def _link(user: User, kind: str) -> str:
    token = f"{kind}{_Links(kind).make_token(user)}"
    return settings.BASE_URL + reverse("choose_password", args=[int_to_base36(user.pk), token])
