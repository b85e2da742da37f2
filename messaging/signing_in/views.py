"""The two addresses: to WeCom, and back."""

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from core.errors import TooMany
from messaging.providers.errors import ProviderError
from messaging.signing_in.provider import WeCom
from messaging.signing_in.words import PROVIDER
from people.directory import refused
from people.known_browsers import Caller
from people.services import signing_in


@never_cache
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """To WeCom, and afterwards to the page that was asked for; 404 where there is no connection."""
    try:
        provider = get_adapter(request).get_provider(request, PROVIDER)
    except SocialApp.DoesNotExist:
        raise Http404 from None
    asked_for = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(
        asked_for, {request.get_host()}, require_https=request.is_secure()
    )
    # Always to sign in: an account is linked by whoever keeps the accounts, and by nobody for themselves.
    answer: HttpResponse = provider.redirect(
        request,
        AuthProcess.LOGIN,
        next_url=asked_for if is_ours else None,
        scope=provider.get_scope_from_request(request),
        auth_params=provider.get_auth_params_from_request(request, None),
    )
    return answer


@never_cache
@require_safe
def callback(request: HttpRequest) -> HttpResponse:
    """Back from it. Each return counts as a wrong password from its address does, before WeCom is asked, until it turns
    out to be right.
    """
    try:
        signing_in.take_return(caller=Caller.of(request))
        answer: HttpResponse = OAuth2CallbackView.adapter_view(WeCom)(request)
    except SocialApp.DoesNotExist:
        raise Http404 from None
    except TooMany as error:
        return refused(request, str(error.message))
    except ProviderError:
        return refused(request, _("WeCom cannot be reached. Please try again, or use your password."))
    return answer
