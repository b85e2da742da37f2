"""The page behind the link that a first start prints: the account of whoever set the server up."""

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from core.errors import DomainError, NotFound
from people.services import first_account


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def welcome(request: HttpRequest, number: str, token: str) -> HttpResponse:
    """GET asks for name and password and changes nothing; POST makes the account, signs in and leads to the start."""
    try:
        if request.method != "POST":
            first_account.waiting(number, token)
            return _page(request)
        user = first_account.make(
            number=number,
            token=token,
            username=request.POST.get("username", ""),
            name=request.POST.get("name", ""),
            password=request.POST.get("password", ""),
        )
    except DomainError as error:
        return _page(request, error)
    login(request, user)
    return HttpResponseRedirect(reverse("admin:index"))


def _page(request: HttpRequest, error: DomainError | None = None) -> HttpResponse:
    context = {
        "message": error and error.message,
        "is_gone": isinstance(error, NotFound),
        "username": request.POST.get("username", ""),
        "name": request.POST.get("name", ""),
    }
    return render(request, "hrsuite/welcome.html", context, status=error.status if error else 200)
