"""Steps on admin pages: every one is a POST that calls a service, with a page of its own where it asks something.

Unfold's own row and page actions are links, which a browser may follow on its own account; these are not.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model
from django.db.utils import ProgrammingError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, URLPattern, path, reverse
from django.utils.html import format_html_join
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django_fsm import ConcurrentTransition, TransitionNotAllowed
from django_stubs_ext import StrPromise

from core import seen
from core.errors import DomainError
from core.history.context import because
from core.middleware import as_domain_error

Text = str | StrPromise
PRIMARY = "primary"
REFUSALS = (DomainError, TransitionNotAllowed, ConcurrentTransition, ProgrammingError)


class Caution(str):
    """What a step says when it is done and something is left to be done by hand: shown as a warning, not in green."""

    __slots__ = ()


class Weighty(str):
    """A warning over which nobody goes without saying why; what is typed stands in the history."""

    __slots__ = ()


class StepForm(forms.Form):
    """What a step asks. `subject` is the record that it is taken on, None when one is made; `person` takes it."""

    longest_why = 300

    def __init__(self, *args: Any, subject: Any = None, person: Any = None, **kwargs: Any) -> None:
        self.subject = subject
        self.person = person
        # What is unusual in what was typed, and by which word it is confirmed.
        self.warned: list[str] = []
        self.sure = ""
        # Why it is done nevertheless, where one of the warnings asks for that.
        self.asks_why = False
        self.why = ""
        super().__init__(*args, **kwargs)

    def warnings(self, values: dict[str, Any]) -> Iterable[Text]:
        """What may well be a slip: allowed, when somebody says "yes, really" to exactly these sentences."""
        return ()

    def full_clean(self) -> None:
        """The fields; then, where they are right, the warnings that nobody has confirmed yet."""
        super().full_clean()
        if not self.is_bound or self.errors:
            return
        warnings = list(self.warnings(self.cleaned_data))
        self.warned = [str(each) for each in warnings]
        if not self.warned:
            return
        self.sure = hashlib.sha256("\n".join(self.warned).encode()).hexdigest()[:16]
        self.asks_why = any(isinstance(each, Weighty) for each in warnings)
        if self.asks_why:
            self.why = " ".join(self.data.get("why", "").split())
        if not self.is_sure:
            self.add_error(None, forms.ValidationError(_("Please look at this once more."), code="unusual"))
        elif self.asks_why and not 0 < len(self.why) <= self.longest_why:
            said = _("Please say why, in %(most)s characters at most.") % {"most": self.longest_why}
            self.add_error(None, forms.ValidationError(said, code="why_missing"))

    def require(self, check: Callable[[], object]) -> None:
        """What a service's own check says of the values: an error of the form, before each of many rows is refused."""
        try:
            check()
        except DomainError as error:
            self.add_error(None, forms.ValidationError(str(error.message), code=error.code))

    @property
    def is_sure(self) -> bool:
        """Whether "yes, really" was said to exactly these warnings."""
        return bool(self.sure) and self.data.get("sure") == self.sure


class ConfirmForm(StepForm):
    """The page says what will happen, and asks."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a page. `run(request, record, form's values)` calls the service and answers what to say.

    Without a form it is one button; with one, a page that says what will happen (`words`, `details`) and asks.
    `offered` and `may` only decide whether the button is shown, of this record and to this person: the service refuses
    what is not allowed. Of the steps that look "primary" one stands out (`WithSteps.main_step`).
    """

    name: str
    title: Text
    run: Callable[[HttpRequest, Any, dict[str, Any]], Text | HttpResponse]
    form: type[StepForm] | None = None
    offered: Callable[[Any], bool] = lambda record: True
    may: Callable[[Any], bool] = lambda person: True
    look: str = ""
    words: Text = ""
    details: Callable[[HttpRequest, Any], SafeString] | None = None
    in_list: bool = False
    on_page: bool = True


@dataclass(frozen=True, slots=True)
class Creation:
    """How a record is made through a service: the form, what it does, and where it leads."""

    title: Text
    form: type[StepForm]
    run: Callable[[HttpRequest, dict[str, Any]], Model]
    words: Text = ""
    # A page of its own instead of the record's, for what is shown a single time.
    answer: Callable[[HttpRequest, Any], HttpResponse] | None = None


_offered: dict[type[Model], list[Step]] = {}


def offer(model: type[Model], *steps: Step) -> None:
    """Put these steps on the pages of `model`, behind its own: how a higher floor, or a satellite, adds its work."""
    _offered.setdefault(model, []).extend(steps)


def sentence(error: Exception) -> Text:
    """The words for a refused step, where the error itself has none."""
    domain = as_domain_error(error)
    if domain is None:
        raise error
    if str(domain.message) == domain.code:
        return _("This step is not possible in the present state.")
    return domain.message


def _reason(form: StepForm | None) -> Text:
    """The reason that a step asked for, under the name that such a box has; and why it was done nevertheless."""
    if form is None:
        return ""
    said = form.cleaned_data.get("reason") or form.cleaned_data.get("note") or ""
    return " · ".join(str(one) for one in (said, form.why) if one)


def _from_address(request: HttpRequest, form: type[forms.Form]) -> dict[str, str]:
    """What a link fills in beforehand; what no field can take is left out."""
    found = {}
    for name, field in form.base_fields.items():
        value = request.GET.get(name, "")
        try:
            if value and field.clean(value) is not None:
                found[name] = value
        except ValidationError:
            continue
    return found


class WithSteps:
    """For a ModelAdmin: `steps` as addresses, and as buttons on page and list. Before ModelAdmin in the bases."""

    steps: tuple[Step, ...] = ()
    creation: Creation | None = None
    change_form_outer_before_template = "core/admin/steps.html"

    @property
    def all_steps(self) -> tuple[Step, ...]:
        """Its own steps, then those that were offered to its model."""
        return (*self.steps, *_offered.get(self.model, ()))  # type: ignore[attr-defined]

    def get_urls(self) -> list[URLPattern]:
        """The address of a step: <record>/steps/<name>/."""
        address = path(
            "<path:object_id>/steps/<slug:name>/",
            self.admin_site.admin_view(self.step_view),  # type: ignore[attr-defined]
            name=f"{self._address_of_model()}_step",
        )
        return [address, *super().get_urls()]  # type: ignore[misc]

    def _address_of_model(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}"  # type: ignore[attr-defined]

    def has_step_permission(self, request: HttpRequest) -> bool:
        """Who may change the records may take their steps; the service asks again."""
        return request.user.has_perm(f"{self.opts.app_label}.change_{self.opts.model_name}")  # type: ignore[attr-defined]

    def step_url(self, record: Model, name: str) -> str:
        """The address of one step on one record."""
        return reverse(f"admin:{self._address_of_model()}_step", args=[record.pk, name])

    def step_view(self, request: HttpRequest, object_id: str, name: str) -> HttpResponse:
        """Show what the step asks (GET, changes nothing) or take it (POST): done, or a sentence and nothing changed."""
        step = next((step for step in self.all_steps if step.name == name), None)
        if step is None:
            raise Http404
        if request.method != "POST" and (step.form is None or request.method != "GET"):
            return HttpResponseNotAllowed(["POST"])
        record = self.get_object(request, unquote(object_id))  # type: ignore[attr-defined]
        if record is None:
            raise Http404
        if not self.has_step_permission(request):
            raise PermissionDenied
        if step.form is None:
            return self._take(request, record, step, None)
        asked = request.POST if request.method == "POST" else None
        sent = request.FILES if request.method == "POST" else None
        initial = _from_address(request, step.form)
        form = step.form(asked, sent, subject=record, person=request.user, initial=initial)
        if request.method == "POST" and form.is_valid():
            return self._take(request, record, step, form)
        details = step.details(request, record) if step.details else ""
        return self._ask(
            request, form, step.title, step.words, record=record, details=details, look=step.look
        )

    def _take(self, request: HttpRequest, record: Any, step: Step, form: StepForm | None) -> HttpResponse:
        back = self._way_back(request, record)
        try:
            with seen.as_seen(record, request.POST.get("seen", "")), because(_reason(form)):
                answer = step.run(request, record, form.cleaned_data if form else {})
        except REFUSALS as error:
            text = sentence(error)
            if form is None:
                messages.error(request, str(text))
                return HttpResponseRedirect(back)
            form.add_error(None, str(text))
            # As it is now: who reads why it was refused decides on that.
            record = self.get_object(request, str(record.pk)) or record  # type: ignore[attr-defined]
            details = step.details(request, record) if step.details else ""
            return self._ask(
                request,
                form,
                step.title,
                step.words,
                record=record,
                details=details,
                look=step.look,
                status=422,
            )
        self.log_change(request, record, str(step.title))  # type: ignore[attr-defined]
        if isinstance(answer, HttpResponse):
            return answer
        say = messages.warning if isinstance(answer, Caution) else messages.success
        say(request, str(answer))
        return HttpResponseRedirect(back)

    def _ask(
        self,
        request: HttpRequest,
        form: forms.Form,
        title: Text,
        words: Text,
        *,
        record: Any = None,
        details: str = "",
        look: str = "",
        status: int = 200,
    ) -> HttpResponse:
        if form.errors:
            status = 422
        context = {
            **self.admin_site.each_context(request),  # type: ignore[attr-defined]
            "opts": self.opts,  # type: ignore[attr-defined]
            "title": title,
            "subtitle": str(record) if record is not None else None,
            "record": record,
            "form": form,
            "words": words,
            "details": details,
            "look": look,
            "seen": seen.version_of(record) if record is not None else "",
            "back": self._way_back(request, record),
            "media": self.media + form.media,  # type: ignore[attr-defined]
        }
        return TemplateResponse(request, "core/admin/step.html", context, status=status)

    def _way_back(self, request: HttpRequest, record: Any) -> str:
        """The page that the step was called from, when it is one of ours; else the record's page or the list."""
        for address in (request.POST.get("next"), request.GET.get("next"), request.headers.get("Referer")):
            ours = address and url_has_allowed_host_and_scheme(
                address, {request.get_host()}, request.is_secure()
            )
            if address and ours and "/steps/" not in address:
                return str(address)
        if record is None:
            return reverse(f"admin:{self._address_of_model()}_changelist")
        return reverse(f"admin:{self._address_of_model()}_change", args=[record.pk])

    def main_step(self, record: Any, on_offer: Sequence[Step]) -> str:
        """The name of the step that stands out among those that stand beside each other, "" for none: the first of
        those that may."""
        return next((step.name for step in on_offer if step.look == PRIMARY), "")

    def offered_steps(self, record: Any, person: Any) -> list[dict[str, Any]]:
        """The buttons that stand above a record's page for this person: one at most stands out."""
        steps = (step for step in self.all_steps if step.on_page and step.may(person))
        on_offer = [step for step in steps if step.offered(record)]
        main = self.main_step(record, on_offer)
        return [
            {
                "title": step.title,
                "look": step.look if step.name == main or step.look != PRIMARY else "",
                "asks": step.form is not None,
                "url": self.step_url(record, step.name),
            }
            for step in on_offer
        ]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The page, with `steps` in its context."""
        context = dict(extra_context or {})
        if request.method == "GET" and self.has_step_permission(request):
            record = self.get_object(request, unquote(object_id))  # type: ignore[attr-defined]
            if record is not None:
                context["steps"] = self.offered_steps(record, request.user)
        return super().change_view(request, object_id, form_url, context)  # type: ignore[misc]

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Make a record through its service, where there is one; else the ordinary form."""
        if self.creation is None:
            return super().add_view(request, form_url, extra_context)  # type: ignore[misc]
        if not self.has_add_permission(request):  # type: ignore[attr-defined]
            raise PermissionDenied
        creation = self.creation
        if request.method != "POST":
            form = creation.form(person=request.user, initial=_from_address(request, creation.form))
            return self._ask(request, form, creation.title, creation.words)
        form = creation.form(request.POST, request.FILES, person=request.user)
        if form.is_valid():
            try:
                with because(_reason(form)):
                    record = creation.run(request, form.cleaned_data)
            except REFUSALS as error:
                form.add_error(None, str(sentence(error)))
            else:
                self.log_addition(request, record, str(creation.title))  # type: ignore[attr-defined]
                if creation.answer is not None:
                    return creation.answer(request, record)
                messages.success(request, _("“%(record)s” was saved.") % {"record": record})
                return HttpResponseRedirect(self._way_to(record))
        return self._ask(request, form, creation.title, creation.words)

    def _way_to(self, record: Model) -> str:
        try:
            return reverse(f"admin:{self._address_of_model()}_change", args=[record.pk])
        except NoReverseMatch:
            return reverse(f"admin:{self._address_of_model()}_changelist")

    def get_list_display(self, request: HttpRequest) -> list[str]:
        """Columns of buttons only for whom they work."""
        shown = super().get_list_display(request)  # type: ignore[misc]
        if self.has_step_permission(request):
            return list(shown)
        return [name for name in shown if name not in getattr(self, "only_on_screen", ("step_buttons",))]

    def step_buttons(self, record: Any) -> SafeString:
        """The row's buttons: a POST through the list's own form, a link only to a page that asks. Each row has some:
        none stands out."""
        offered = (step for step in self.all_steps if step.in_list and step.offered(record))
        buttons = (
            button(
                step.title,
                self.step_url(record, step.name),
                look="" if step.look == PRIMARY else step.look,
                asks=step.form is not None,
            )
            for step in offered
        )
        return format_html_join("", "{}", ((one,) for one in buttons))

    step_buttons.short_description = _("Next step")  # type: ignore[attr-defined]


def button(title: Text, address: str, *, look: str = "", asks: bool = False) -> SafeString:
    """A button inside a list's form that posts to `address`; a link when the address asks something first."""
    if asks:
        return format_html_join("", '<a class="hs-button {}" href="{}">{}</a>', [(look, address, title)])
    markup = '<button type="submit" class="hs-button {}" formaction="{}" formnovalidate>{}</button>'
    return format_html_join("", markup, [(look, address, title)])
