"""How allauth, which knows the second factor, fits into this house: no sign-up, no mail of its own."""

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.stages import AuthenticateStage
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core import sealing
from core.addresses import address_of
from core.sealed.inside import inside
from core.sealed.ring import is_sealed
from people.models import User
from people.services import second_factor

PURPOSE = "second-factor"


class AccountAdapter(DefaultAccountAdapter):
    """Colleagues are made by whoever keeps the house; a sign-in is whole when its second factor was passed."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "incorrect_password": _("This password is not right."),
    }
    said: ClassVar[dict[str, Any]] = {
        "mfa/messages/totp_activated.txt": _("The authenticator app is set up."),
        "mfa/messages/totp_deactivated.txt": _("The authenticator app is taken away."),
        "mfa/messages/webauthn_added.txt": _("The passkey is added."),
        "mfa/messages/webauthn_removed.txt": _("The passkey is removed."),
        "mfa/messages/recovery_codes_generated.txt": _(
            "New recovery codes were made; any earlier ones no longer work."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody makes an account for themselves."""
        return False

    def get_login_stages(self) -> list[str]:
        """What lies between a right password and a session."""
        return ["people.adapters.SecondFactorStage"]

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """The back office, or the own pages of whoever has no back office."""
        if isinstance(request.user, User) and not request.user.is_staff:
            return reverse(settings.PAGES_OF_COLLEAGUES[0])
        return super().get_login_redirect_url(request)

    def get_client_ip(self, request: HttpRequest) -> str:
        """The true one behind a proxy, as everywhere in the house."""
        return address_of(request)

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        """A closed account is nobody's."""
        return HttpResponseRedirect(reverse("admin:login"))

    def add_message(  # noqa: PLR0917 -- as allauth calls it
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        """Our own words for what deserves any; that somebody signed in is seen."""
        text = message or self.said.get(message_template or "")
        if text:
            messages.add_message(request, level, str(text), extra_tags=extra_tags)


class SecondFactorStage(AuthenticateStage):
    """Asks for the second factor of whoever has one, but on a device that is known."""

    def handle(self) -> tuple[HttpResponse | None, bool]:
        """Nothing to do, or the way to the page that asks."""
        user, kept = self.login.user, self.request.COOKIES.get(settings.TRUSTED_DEVICE_COOKIE, "")
        if isinstance(user, User) and second_factor.is_trusted(user, kept):
            return None, True
        answer: tuple[HttpResponse | None, bool] = super().handle()
        return answer


class SecondFactorAdapter(DefaultMFAAdapter):
    """Secrets are sealed at rest, and what an app on a phone shows names the company and the account."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This code is not right, or was used already."),
    }

    def encrypt(self, text: str) -> str:
        """Sealed under the key ring."""
        return inside("mfa.Authenticator").seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Opened. Refused: sealing_key_missing, sealed_value_unreadable; and secret_unreadable for what the release
        before has sealed with the suite's key, which has changed since. Whoever keeps the account resets it.
        """
        if is_sealed(encrypted_text):
            return inside("mfa.Authenticator").unseal(encrypted_text)
        return sealing.unseal(encrypted_text, purpose=PURPOSE)

    def get_totp_label(self, user: Any) -> str:
        """The user name: an address would say more than the app needs to know."""
        return str(user.get_username())

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Passkeys belong to this host."""
        return {**super().get_public_key_credential_rp_entity(), "name": settings.MFA_TOTP_ISSUER}

    def get_public_key_credential_user_entity(self, user: Any) -> dict[str, Any]:
        """As the browser shows it when it asks which passkey."""
        return {**super().get_public_key_credential_user_entity(user), "name": str(user.get_username())}

    def generate_authenticator_name(self, user: Any, type: Any) -> str:  # noqa: A002 -- allauth's name
        """Where the person gave none."""
        return str(_("Passkey"))
