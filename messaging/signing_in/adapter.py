"""Who of WeCom is who here: the one account that carries the user id, which whoever keeps the accounts entered there.

Never an address, never a name, and nothing that the visitor or WeCom brings along: an address can be written by
whoever keeps WeCom's address book, the number on the account only by whoever keeps the accounts here.
"""

from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.models import SocialApp
from django.http import HttpRequest
from django.utils.translation import gettext as _

from messaging import connected
from messaging.signing_in.words import PROVIDER, is_connected
from people.directory import DirectoryAdapter, refused
from people.known_browsers import Caller
from people.models import User
from people.services import signing_in


class ColleagueAdapter(DirectoryAdapter):
    """As for the company's directory, and WeCom besides."""

    def list_apps(self, request: HttpRequest, provider: Any = None, client_id: Any = None) -> list[SocialApp]:
        """The connection that stands now, without its secret: who asks WeCom reads that where it lies."""
        found: list[SocialApp] = super().list_apps(request, provider=provider, client_id=client_id)
        wecom = connected.wecom()
        if provider in (None, PROVIDER) and client_id in (None, wecom["corp_id"]) and is_connected():
            known = {"agent_id": wecom["agent_id"]}
            found.append(
                SocialApp(provider=PROVIDER, name="WeCom", client_id=wecom["corp_id"], settings=known)
            )
        return found

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """The account that carries the user id, and no other; whom nobody here is goes no further, with a sentence."""
        if sociallogin.account.provider == PROVIDER:
            sociallogin.user = _who(request, sociallogin.account.uid)
        super().pre_social_login(request, sociallogin)

    def on_authentication_error(self, request: HttpRequest, provider: Any, **facts: Any) -> None:
        """Called off, or not as it should be: back to the sign-in, with a sentence that tells guessers nothing."""
        if provider.id == PROVIDER:
            raise ImmediateHttpResponse(refused(request, _("WeCom did not sign you in. Please try again.")))
        super().on_authentication_error(request, provider, **facts)


def _who(request: HttpRequest, userid: str) -> User:
    """Raises ImmediateHttpResponse with the way back, in words, for nobody and for more than one."""
    if not userid:
        raise ImmediateHttpResponse(refused(request, _("You do not belong to this company's WeCom.")))
    # WeCom tells no two user ids apart by large and small letters.
    found = list(User.objects.filter(wecom_userid__iexact=userid)[:2])
    if len(found) != 1:
        words = _(
            "Your WeCom account belongs to no account here. Sign in with your password, or ask whoever keeps the "
            "accounts to enter your WeCom account on yours."
        )
        raise ImmediateHttpResponse(refused(request, words))
    signing_in.give_return_back(caller=Caller.of(request))
    return found[0]
