"""The two addresses of signing in by the company's directory, and the one that parts an account from it."""

from typing import Any

from allauth.socialaccount.models import SocialAccount, SocialApp
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from requests import RequestException

from people.actors import person_of
from people.directory import PROVIDER, Directory, refused


@never_cache
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """To the directory; 404 where there is none."""
    return _with_directory(request, OAuth2LoginView)


@never_cache
@require_safe
def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Back from it."""
    if provider_id != PROVIDER:
        raise Http404
    return _with_directory(request, OAuth2CallbackView)


@require_POST
def part(request: HttpRequest) -> HttpResponse:
    """Part the own account from the directory's; not where it is the only way in."""
    person = person_of(request)
    if not person.has_usable_password():
        messages.error(request, _("You have no password yet: without the directory you could not sign in."))
    else:
        SocialAccount.objects.filter(user=person, provider=PROVIDER).delete()
        messages.success(request, _("Your account is linked to the directory no longer."))
    return HttpResponseRedirect(reverse("mfa_index"))


def _with_directory(request: HttpRequest, kind: Any) -> HttpResponse:
    try:
        answer: HttpResponse = kind.adapter_view(Directory(request, PROVIDER))(request)
    except SocialApp.DoesNotExist:
        raise Http404 from None
    except (RequestException, KeyError, ValueError):
        return refused(request, _("The directory cannot be reached. Please try again, or use your password."))
    return answer
