"""The first account of an empty company: a link, printed where the server was started, makes it."""

from django.conf import settings
from django.contrib.auth import password_validation
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.encoding import force_str
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode
from django.utils.translation import gettext_lazy as _

from core.errors import Invalid, NotFound
from people.models import Role, User

# Nobody signs in by it: it is renamed when the link is used.
WAITING = "first-account"


def link() -> str:
    """The link that makes the first account; "" where somebody can keep the house already.

    Each start prints a new one while nobody has used any. It ends with the password that is set by it.
    """
    if User.objects.filter(is_superuser=True, is_active=True).exclude(username=WAITING).exists():
        return ""
    if User.objects.exclude(username=WAITING).exists():
        return ""
    user, is_new = User.objects.get_or_create(username=WAITING, defaults={"is_superuser": True, "name": ""})
    if is_new:
        user.set_unusable_password()
        user.save()
    number = urlsafe_base64_encode(str(user.pk).encode())
    address = reverse("welcome", args=[number, default_token_generator.make_token(user)])
    return f"{settings.BASE_URL}{address}"


def waiting(number: str, token: str) -> User:
    """Whose account a link makes. NotFound: link_unknown, for one that was used, is too old or never was."""
    try:
        pk = int(force_str(urlsafe_base64_decode(number)))
        user = User.objects.filter(pk=pk, username=WAITING).first()
    except (ValueError, OverflowError):
        user = None
    if user is None or not default_token_generator.check_token(user, token):
        raise NotFound(
            "link_unknown", _("This link was used already, or is too old. The next start prints another.")
        )
    return user


def make(*, number: str, token: str, username: str, name: str, password: str) -> User:
    """Make the account. NotFound: link_unknown. Invalid: username_invalid, password_weak."""
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=waiting(number, token).pk)
        waiting(number, token)
        user.username, user.name, user.roles = username.strip(), name.strip(), [Role.LEAD]
        user.set_password(password)
        try:
            user.full_clean(exclude=["password", "email"])
            password_validation.validate_password(password, user)
        except ValidationError as error:
            raise Invalid("account_invalid", " ".join(error.messages)) from error
        if user.username == WAITING or not user.name:
            raise Invalid("account_invalid", _("Please choose a user name and write your name."))
        user.save()
        return user
