"""WeCom as a provider of allauth's. It is found by its name: allauth asks every app for a module `provider`."""

from typing import Any

from allauth.socialaccount.models import SocialAccount, SocialLogin, SocialToken
from allauth.socialaccount.providers.base import ProviderAccount
from allauth.socialaccount.providers.oauth2.client import OAuth2Client, OAuth2Error
from allauth.socialaccount.providers.oauth2.provider import OAuth2Provider
from allauth.socialaccount.providers.oauth2.views import OAuth2Adapter
from django.http import HttpRequest

from messaging import connected
from messaging.signing_in.words import PROVIDER, pages
from messaging.wecom.client import WeComClient
from messaging.wecom.contacts import Contacts
from messaging.wecom.errors import ContentProblem

# What the browser inside WeCom's app calls itself.
WECOMS_BROWSER = "wxwork"


class Client(OAuth2Client):
    """WeCom's names of what stands in the address. Its page inside the app wants this ending."""

    client_id_parameter = "appid"

    def get_redirect_url(self, authorization_url: str, scope: list[str], extra_params: dict[str, Any]) -> str:
        """The address of WeCom's page."""
        return f"{super().get_redirect_url(authorization_url, scope, extra_params)}#wechat_redirect"


class WeCom(OAuth2Adapter):
    """The code that comes back is exchanged for a user id by the application's own token; nothing is kept of it."""

    provider_id = PROVIDER
    client_class = Client
    access_token_url = ""

    @property
    def authorize_url(self) -> str:
        """The page for this browser."""
        browser = self.request.headers.get("User-Agent", "").lower()
        return pages().inside if WECOMS_BROWSER in browser else pages().elsewhere

    def get_access_token_data(self, request: HttpRequest, *_client: Any, **_options: Any) -> dict[str, Any]:
        """Who it is. OAuth2Error for a code that is used, old or made up; ProviderError where WeCom does not answer."""
        try:
            userid = Contacts(WeComClient.from_settings(connected.wecom())).who_signs_in(request.GET["code"])
        except ContentProblem as error:
            raise OAuth2Error("not a code of WeCom's") from error
        return {"userid": userid or ""}

    def parse_token(self, data: dict[str, Any]) -> SocialToken:
        """None: the application's token stays where it is."""
        return SocialToken(token="")

    def complete_login(
        self, request: HttpRequest, app: Any, token: SocialToken, **options: Any
    ) -> SocialLogin:
        """Whoever WeCom says it is, not yet anybody here."""
        account = SocialAccount(provider=PROVIDER, uid=options["response"]["userid"])
        return SocialLogin(account=account, provider=self.get_provider())


class WeComProvider(OAuth2Provider):
    """The provider."""

    id = PROVIDER
    name = "WeCom"
    account_class = ProviderAccount
    oauth2_adapter_class = WeCom

    def get_scope_from_request(self, request: HttpRequest) -> list[str]:
        """The user id alone, whatever the address asks for."""
        return ["snsapi_base"]

    def get_auth_params_from_request(self, request: HttpRequest, action: Any) -> dict[str, Any]:
        """The application, and that it is one of the company's own."""
        return {"agentid": self.app.settings["agent_id"], "login_type": "CorpApp"}

    def extract_uid(self, data: dict[str, Any]) -> str:
        """The user id."""
        return str(data["userid"])


provider_classes = [WeComProvider]
