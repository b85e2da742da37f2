"""The form by which one signs in, and the one by which one changes the own password."""

from typing import Any

from django.conf import settings
from django.contrib.auth import authenticate, logout
from django.contrib.auth.forms import AuthenticationForm as DjangoForm
from django.contrib.auth.views import LoginView, PasswordChangeView
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.urls import reverse
from unfold.forms import AdminOwnPasswordChangeForm, AuthenticationForm

from core.errors import TooMany


class SignInForm(AuthenticationForm):
    """Name and password. Too many tries are said in the form, and the page is then answered 429."""

    refused: TooMany | None = None

    def confirm_login_allowed(self, user: Any) -> None:
        """Managers and interviewers sign in too: what they may open there, each page asks by itself."""
        if getattr(user, "has_own_pages", False):
            DjangoForm.confirm_login_allowed(self, user)
        else:
            super().confirm_login_allowed(user)

    def clean(self) -> dict[str, Any]:
        """The person; an error in words when it is nobody's password, or when too many were tried."""
        try:
            return super().clean()
        except TooMany as error:
            self.refused = error
            self.add_error(None, str(error.message))
            return self.cleaned_data


class SignIn(LoginView):
    """The page where one signs in. The right password is one step; whether another follows, allauth's stages say."""

    def form_valid(self, form: Any) -> HttpResponse:
        """A session, or the way to the page that asks for the second factor: until then nobody is signed in."""
        # Here, not above: its models are not loaded yet when the site is made.
        from allauth.account.internal.flows.login import perform_password_login  # noqa: PLC0415
        from allauth.account.models import Login  # noqa: PLC0415

        next_page = self.get_success_url()
        own = tuple(reverse(name) for name in settings.PAGES_OF_COLLEAGUES)
        if not form.get_user().is_staff and not next_page.startswith(own):
            next_page = own[0]
        if self.request.user.is_authenticated:
            logout(self.request)
        else:
            self.request.session.cycle_key()
        return perform_password_login(self.request, {}, Login(user=form.get_user(), redirect_url=next_page))


class OwnPasswordForm(AdminOwnPasswordChangeForm):
    """The old password and a new one. The old one is counted where every password is."""

    request: Any = None
    refused: TooMany | None = None

    def clean_old_password(self) -> str:
        """It; an error in words when it is wrong, or when too many were tried."""
        typed = str(self.cleaned_data["old_password"])
        try:
            person = authenticate(self.request, username=self.user.get_username(), password=typed)
        except TooMany as error:
            self.refused = error
            raise ValidationError(str(error.message), code=error.code) from error
        if person != self.user:
            raise ValidationError(self.error_messages["password_incorrect"], code="password_incorrect")
        return typed


class OwnPassword(PasswordChangeView):
    """The page of it; 429 for one try too many."""

    def get_form(self, form_class: Any = None) -> Any:
        """The form, which knows from where it is asked."""
        form = super().get_form(form_class)
        form.request = self.request
        return form

    def form_invalid(self, form: Any) -> HttpResponse:
        """The page with what was wrong."""
        response = super().form_invalid(form)
        if form.refused:
            response.status_code = form.refused.status
            response["Retry-After"] = str(form.refused.retry_after)
        return response
