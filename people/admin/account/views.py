"""The pages: allauth's flows, ours in words, looks and limits."""

from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from allauth.account.views import ReauthenticateView
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.base.views import ReauthenticateView as CodeAgainView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView, ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView, ReauthenticateWebAuthnView, RemoveWebAuthnView
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from core.admin import ways_in
from core.admin.looks import SHOWN_ONCE
from people import directory
from people.actors import person_of
from people.admin.account import forms
from people.middleware import note
from people.models import User
from people.models.signing_in import browser_of
from people.services import second_factor, sessions

DAY_SECONDS = 24 * 3600


def is_number(host: str) -> bool:
    """Whether this host is an IP address."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


class InTheBackOffice:
    """A page of allauth's, as one of the back office's. Too many tries are answered 429."""

    title: Any = ""
    request: HttpRequest

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """The site's, and what the browser's own part is asked, for the script."""
        found = {**admin.site.each_context(self.request), "title": self.title}
        found |= super().get_context_data(**context)  # type: ignore[misc]
        for name in ("request_options", "creation_options"):
            if name in found.get("js_data", {}):
                found["asked"] = forms.as_json(found["js_data"][name])
        return found

    def get_form_class(self) -> Any:
        """The class says it, no setting."""
        return self.form_class  # type: ignore[attr-defined]

    def get_form(self, form_class: Any = None) -> Any:
        """The form, which knows from where it is asked."""
        form = super().get_form(form_class)  # type: ignore[misc]
        form.request = self.request
        return form

    def render_to_response(self, context: dict[str, Any], **options: Any) -> HttpResponse:
        """The page; 422 for a form that was wrong, 429 for one try too many."""
        for form in (context.get("form"), context.get("webauthn_form")):
            if refused := getattr(form, "refused", None):
                options |= {"status": refused.status, "headers": {"Retry-After": str(refused.retry_after)}}
        return super().render_to_response(context, **options)  # type: ignore[misc, no-any-return]


class SecondFactor(InTheBackOffice, AuthenticateView):
    """Asks whoever gave the right password for the second factor. Nobody is signed in yet."""

    title = _("Second factor")
    form_class = forms.CodeForm
    webauthn_form_class = forms.PasskeyForm
    template_name = "people/account/second_factor.html"

    def get_webauthn_form_class(self) -> Any:
        """The class says it, no setting."""
        return self.webauthn_form_class

    def _build_forms(self) -> Any:
        posted = super()._build_forms()
        for form in (self.auth_form, self.webauthn_form):
            form.request = self.request
        return posted

    def form_valid(self, form: Any) -> HttpResponse:
        """Signed in; the device is known from now on where that was asked for."""
        user = self.stage.login.user
        response: HttpResponse = super().form_valid(form)
        if form.cleaned_data.get("trust") and isinstance(user, User):
            kept = second_factor.trust(user, browser=browser_of(self.request))
            response.set_cookie(
                settings.TRUSTED_DEVICE_COOKIE,
                kept,
                max_age=second_factor.TRUSTED_DAYS * DAY_SECONDS,
                secure=settings.HTTPS,
                httponly=True,
                samesite="Lax",
            )
        return response


class PasswordAgain(InTheBackOffice, ReauthenticateView):
    """The password once more, before anything is changed that protects the account."""

    title = _("Your password, please")
    form_class = forms.PasswordForm
    template_name = "people/account/again.html"


class CodeAgain(InTheBackOffice, CodeAgainView):
    """A code once more."""

    title = _("A code, please")
    form_class = forms.CodeAgain
    template_name = "people/account/again.html"


class PasskeyAgain(InTheBackOffice, ReauthenticateWebAuthnView):
    """The passkey once more."""

    title = _("Your passkey, please")
    form_class = forms.PasskeyAgain
    template_name = "people/account/again.html"


class SetUpApp(InTheBackOffice, ActivateTOTPView):
    """An authenticator app is set up."""

    title = _("Set up an authenticator app")
    form_class = forms.FirstCodeForm
    template_name = "people/account/app.html"


class TakeAppAway(InTheBackOffice, DeactivateTOTPView):
    """It is taken away."""

    title = _("Remove the authenticator app")
    template_name = "people/account/sure.html"


class AddPasskey(InTheBackOffice, AddWebAuthnView):
    """A passkey is added."""

    title = _("Add a passkey")
    form_class = forms.NewPasskeyForm
    template_name = "people/account/passkey.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """And whether the browser will refuse, since a passkey belongs to a name."""
        found = super().get_context_data(**context)
        return {**found, "is_a_number": is_number(urlsplit(f"//{self.request.get_host()}").hostname or "")}


class RemovePasskey(InTheBackOffice, RemoveWebAuthnView):
    """One is removed."""

    title = _("Remove the passkey")
    template_name = "people/account/sure.html"

    def get_success_url(self) -> str:
        """The page that lists them."""
        return reverse("mfa_index")


class NewCodes(InTheBackOffice, GenerateRecoveryCodesView):
    """New recovery codes."""

    title = _("Make new recovery codes")
    template_name = "people/account/sure.html"


class Codes(InTheBackOffice, ViewRecoveryCodesView):
    """The recovery codes, a single time."""

    title = _("Recovery codes")
    template_name = "people/account/codes.html"

    def render_to_response(self, context: dict[str, Any], **options: Any) -> HttpResponse:
        """Kept nowhere on the way."""
        return super().render_to_response(context, **{**options, "headers": SHOWN_ONCE})


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """How one signs in, on which devices, where one is signed in now."""
    person = person_of(request)
    if not person.open_sessions.filter(session_key=request.session.session_key).exists():
        note(request, person)
    held = list(Authenticator.objects.filter(user=person).order_by("created_at", "pk"))
    codes = next((one for one in held if one.type == Authenticator.Type.RECOVERY_CODES), None)
    due_at = second_factor.rule().due_at(person)
    is_held = any(one.type in second_factor.KINDS for one in held)
    context = {
        **admin.site.each_context(request),
        "title": _("Signing in and security"),
        "app": next((one for one in held if one.type == Authenticator.Type.TOTP), None),
        "passkeys": [one for one in held if one.type == Authenticator.Type.WEBAUTHN],
        "codes_left": len(codes.wrap().get_unused_codes()) if codes else None,
        "is_held": is_held,
        "due_at": due_at if not is_held else None,
        "is_due": due_at is not None and not is_held and due_at <= timezone.now(),
        "devices": person.trusted_devices.filter(expires_at__gt=timezone.now()).order_by("-created_at"),
        "sessions": person.open_sessions.alive().order_by("-created_at"),
        "this_session": request.session.session_key,
        "directory": settings.OIDC_NAME,
        "is_linked": bool(settings.OIDC_NAME)
        and SocialAccount.objects.filter(user=person, provider=directory.PROVIDER).exists(),
    }
    response = TemplateResponse(request, "people/account/overview.html", context)
    ways_in.may_lead_on(response, [one] if (one := directory.way()) else [])
    return response


@require_POST
def end_session(request: HttpRequest, number: int) -> HttpResponse:
    """Sign out of one place."""
    sessions.end(person_of(request), number)
    messages.success(request, _("That session has ended."))
    return HttpResponseRedirect(reverse("mfa_index"))


@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    """Sign out everywhere but here; no device is known any more."""
    person = sessions.end_all(user_id=person_of(request).pk, by=person_of(request))
    update_session_auth_hash(request, person)
    note(request, person)
    messages.success(request, _("You are signed out everywhere else."))
    return HttpResponseRedirect(reverse("mfa_index"))


@require_POST
def forget_device(request: HttpRequest, number: int) -> HttpResponse:
    """Ask for the second factor on that device again."""
    second_factor.distrust(person_of(request), number)
    messages.success(request, _("That device is known no longer."))
    return HttpResponseRedirect(reverse("mfa_index"))
