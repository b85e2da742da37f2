"""The forms of the second factor: allauth's, in the back office's clothes, with every try counted."""

import json
from collections.abc import Callable
from typing import Any

from allauth.account.forms import ReauthenticateForm
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as CodeAgainForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, AuthenticateWebAuthnForm, ReauthenticateWebAuthnForm
from cryptography.exceptions import InvalidSignature
from django import forms
from django.utils.translation import gettext_lazy as _

from core.admin.fields import CLASSES
from core.errors import TooMany
from people.known_browsers import Caller
from people.services import signing_in

_CODE = {"class": CLASSES, "autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}
# What a library says to a message that no authenticator wrote.
_NO_SUCH_MESSAGE = (TypeError, ValueError, KeyError, AttributeError, IndexError, InvalidSignature)


class Counted:
    """A try is counted before it is looked at, and given back when it was right. `refused` when there were too many."""

    refused: TooMany | None = None
    user: Any
    request: Any = None

    def counted(self, look: Callable[[], Any]) -> Any:
        """What `look` answers; ValidationError in words for a wrong try, and for one too many."""
        try:
            caller = Caller.of(self.request)
            signing_in.take_code(user=self.user, caller=caller)
            found = look()
        except TooMany as error:
            self.refused = error
            raise forms.ValidationError(str(error.message), code=error.code) from error
        except _NO_SUCH_MESSAGE as error:
            if isinstance(error, forms.ValidationError):
                raise
            raise forms.ValidationError(_("That was not right. Please try again."), code="wrong") from error
        signing_in.give_code_back(user=self.user, caller=caller)
        return found


def _code_field(label: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=20, widget=forms.TextInput(attrs=_CODE))


class CodeForm(Counted, AuthenticateForm):
    """A code of the app, or a recovery code; and whether this device is known from now on."""

    code = _code_field(_("Code of the authenticator app, or a recovery code"))
    trust = forms.BooleanField(label=_("Do not ask again on this device for 30 days"), required=False)

    def clean_code(self) -> Any:
        """The code, which is used up."""
        return self.counted(super().clean_code)


class CodeAgain(Counted, CodeAgainForm):
    """The same, of somebody who is signed in."""

    code = _code_field(_("Code of the authenticator app, or a recovery code"))

    def clean_code(self) -> Any:
        """The code, which is used up."""
        return self.counted(super().clean_code)


class FirstCodeForm(Counted, ActivateTOTPForm):
    """The first code of the app that is set up."""

    code = _code_field(_("Code that the app shows"))

    def clean_code(self) -> Any:
        """The code."""
        return self.counted(super().clean_code)


class PasswordForm(ReauthenticateForm):
    """The password once more."""

    refused: TooMany | None = None
    password = forms.CharField(
        label=_("Password"),
        widget=forms.PasswordInput(
            attrs={"class": CLASSES, "autocomplete": "current-password", "autofocus": True}
        ),
    )

    def clean_password(self) -> str:
        """It is counted where every password is."""
        try:
            return str(super().clean_password())
        except TooMany as error:
            self.refused = error
            raise forms.ValidationError(str(error.message), code=error.code) from error


class PasskeyForm(Counted, AuthenticateWebAuthnForm):
    """What the passkey answered; and whether this device is known from now on."""

    trust = forms.BooleanField(label=_("Do not ask again on this device for 30 days"), required=False)

    def clean_credential(self) -> Any:
        """The authenticator that answered."""
        return self.counted(super().clean_credential)


class PasskeyAgain(Counted, ReauthenticateWebAuthnForm):
    """The same, of somebody who is signed in."""

    def clean_credential(self) -> Any:
        """The authenticator that answered."""
        return self.counted(super().clean_credential)


class NewPasskeyForm(Counted, AddWebAuthnForm):
    """A passkey, and what it is called."""

    name = forms.CharField(
        label=_("name"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"class": CLASSES, "autocomplete": "off"}),
        help_text=_("Where it is, for example: my phone, the key on the desk."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial["name"] = ""

    def clean(self) -> dict[str, Any]:
        """What the browser made, checked as the library does."""
        found: dict[str, Any] = self.counted(super().clean)
        return found


def as_json(value: Any) -> str:
    """What the browser is asked, to stand in an attribute: no script stands in a page."""
    return json.dumps(value, default=dict)
