"""Signing in by the company's own directory (Entra, Keycloak: OpenID Connect), as allauth does it.

A colleague is known by the directory's lasting number (`sub`) alone, never by an address: whoever may write addresses
in the directory would be whomever they like. The number is linked by the colleague, signed in and with the password
once more.
"""

from typing import Any
from urllib.parse import urlsplit

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from jwt import PyJWTError, get_unverified_header

from core.admin.ways_in import Way

PROVIDER = "directory"
# Signed with the directory's own key pair. With a shared secret whoever knows it could sign as the directory.
SIGNED_BY = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"})


class DirectoryAdapter(DefaultSocialAccountAdapter):
    """Nobody becomes a colleague by it, and nobody is taken for one by an address."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Colleagues are made by whoever keeps the house."""
        return False

    def authenticate_by_email(self, login: Any) -> None:
        """Never."""

    def get_connect_redirect_url(self, request: HttpRequest, socialaccount: Any) -> str:
        """Back to the page that says how one signs in."""
        return reverse("mfa_index")

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Whom the directory knows and we do not goes no further, nor whoever has no pages here.

        The session's key is another from here on, also where a second factor is still to come.
        """
        if sociallogin.state.get("process") == "connect":
            return
        if not sociallogin.is_existing:
            words = _(
                "This account of the directory is linked to nobody here. Sign in with your password and link it."
            )
            raise ImmediateHttpResponse(refused(request, words))
        if not (sociallogin.user.is_staff or sociallogin.user.has_own_pages):
            raise ImmediateHttpResponse(refused(request, _("Your account opens no page here.")))
        request.session.cycle_key()

    def on_authentication_error(self, request: HttpRequest, provider: Any, **facts: Any) -> None:
        """Called off, or not as it should be: back to the sign-in, with a sentence that tells guessers nothing."""
        raise ImmediateHttpResponse(
            refused(request, _("The directory did not sign you in. Please try again."))
        )


class Directory(OpenIDConnectOAuth2Adapter):
    """What the directory says counts when it is signed by its own key, for us, now; of it only the number is kept."""

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **options: Any) -> Any:
        """The number, verified. OAuth2Error for anything else."""
        try:
            login = super().complete_login(request, app, token, **options)
        except (KeyError, TypeError, ValueError, PyJWTError) as error:
            raise OAuth2Error("not what a directory says") from error
        if not login.account.uid:
            raise OAuth2Error("no number")
        login.account.extra_data = {}
        return login

    def _decode_id_token(self, app: Any, id_token: str) -> dict[str, Any]:
        """The signature is checked although the answer came to us directly: a proxy in between may read it."""
        if get_unverified_header(id_token).get("alg") not in SIGNED_BY:
            raise OAuth2Error("signed by nobody")
        said: dict[str, Any] = jwtkit.verify_and_decode(
            credential=id_token,
            keys_url=self.openid_config["jwks_uri"],
            issuer=self.openid_config["issuer"],
            audience=app.client_id,
            lookup_kid=jwtkit.lookup_kid_jwk,
        )
        if not isinstance(said.get("sub"), str) or not said["sub"]:
            raise OAuth2Error("no number")
        return said


def way() -> Way | None:
    """The button on the sign-in page, where there is a directory."""
    if not settings.OIDC_NAME:
        return None
    parts = urlsplit(settings.OIDC_URL)
    return Way(
        _("Sign in by %(name)s") % {"name": settings.OIDC_NAME},
        "directory_begin",
        f"{parts.scheme}://{parts.netloc}",
    )


def refused(request: HttpRequest, words: str) -> HttpResponseRedirect:
    """Back, with a sentence."""
    messages.error(request, words)
    return HttpResponseRedirect(reverse("mfa_index" if request.user.is_authenticated else "admin:login"))
