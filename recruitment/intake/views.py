"""`/apply/<slug>/`: the public page of an opening. It needs no account and no script, and tells nobody who is known."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from core.addresses import address_of
from core.errors import TooMany
from core.language import is_english
from core.limits import Counter
from people.colleagues import whom_to_turn_to
from recruitment.enums import ApplicationStage
from recruitment.intake.forms import ApplyForm
from recruitment.intake.services import receiving
from recruitment.models import Opening
from recruitment.services.application_stages import within
from recruitment.services.applying import Newcomer

# A person sends one; behind one address stand a dormitory or an office.
SENT_PER_ADDRESS = 10
SENT_PER_PAGE = 60
counter = Counter()


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def apply(request: HttpRequest, slug: str) -> HttpResponse:
    """GET shows the form and changes nothing; POST keeps what is sent and leads to the page that says what comes next.

    404 for a page that is not there; 422 with the form; 429 for too many from one address.
    """
    opening = receiving.find(slug)
    with translation.override(_language(request)):
        if request.method != "POST":
            return _page(request, opening, ApplyForm(), 200)
        try:
            counter.take(f"address {address_of(request)}", SENT_PER_ADDRESS)
            counter.take(f"page {opening.pk}", SENT_PER_PAGE)
        except TooMany as error:
            form = ApplyForm()
            response = _page(request, opening, form, error.status, said=str(error.message))
            response["Retry-After"] = str(error.retry_after)
            return response
        form = ApplyForm(request.POST, request.FILES)
        if not form.is_valid():
            return _page(request, opening, form, 422)
        # A machine fills in what no person sees: it is told what everybody is told.
        if not form.cleaned_data["website"]:
            person = Newcomer.of(
                name=form.cleaned_data["name"],
                phone=form.cleaned_data["phone"],
                email=form.cleaned_data["email"],
                language=translation.get_language(),
            )
            receiving.receive(opening_id=opening.pk, sent=receiving.Sent(person, form.cleaned_data["file"]))
        language = translation.get_language()
        return HttpResponseRedirect(f"{reverse('intake:sent', args=[slug])}?language={language}")


@never_cache
@require_safe
def sent(request: HttpRequest, slug: str) -> HttpResponse:
    """What comes next: the same for everybody."""
    opening = receiving.find(slug)
    with translation.override(_language(request)):
        days = within(opening, ApplicationStage.APPLIED)
        return render(request, "recruitment/apply/sent.html", {**_words(opening), "days": days})


def _page(
    request: HttpRequest, opening: Opening, form: ApplyForm, status: int, *, said: str = ""
) -> HttpResponse:
    context = {
        **_words(opening),
        "form": form,
        "said": said,
        "boxes": [form[name] for name in ("name", "phone", "email", "file")],
        "version": receiving.CONSENT_VERSION,
        "language": translation.get_language(),
    }
    return render(request, "recruitment/apply/form.html", context, status=status)


def _words(opening: Opening) -> dict[str, str]:
    specialist = whom_to_turn_to(opening.specialist)
    return {
        "opening": str(opening),
        "location": opening.place,
        "description": opening.about,
        "specialist": specialist.name or str(specialist),
        "address": reverse("intake:apply", args=[opening.apply_slug]),
    }


def _language(request: HttpRequest) -> str:
    asked = request.GET.get("language", "")
    if asked in ("en", "zh-hans"):
        return asked
    return "en" if is_english() else "zh-hans"
