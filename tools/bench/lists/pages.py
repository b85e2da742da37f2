"""Which pages are asked for: every list of the admin and the API with each sort, filter and search that it offers, and
what people work with beside lists."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import django_filters
from django.contrib import admin
from django.contrib.admin import FieldListFilter, SimpleListFilter
from django.contrib.admin.filters import BooleanFieldListFilter, ChoicesFieldListFilter
from django.db.models import Model
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string
from rest_framework.routers import DefaultRouter
from unfold.contrib.filters.admin import RangeDateFilter, RangeDateTimeFilter

from core.api.filters import MomentFilter, SearchFilter
from core.days import midnight
from hrsuite.api.urls import router
from onboarding.models import OnboardingCase
from people.models import User
from recruitment.models import Application, Candidate, FollowUp, Interview, Opening
from tools.bench.lists.company import People
from tools.bench.lists.work_pages import work_pages

DEEP_PAGE = 100
CHOICES = 12
FROM, TO = timedelta(days=370), timedelta(days=363)
YESTERDAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Page:
    """One address, asked for by one colleague."""

    name: str
    address: str
    person: User
    table: str = ""


def pages(people: People) -> Iterator[Page]:
    """All of them, in no order that matters."""
    yield Page("home", reverse("admin:index"), people.superuser)
    yield Page("home, HR", reverse("admin:index"), people.hr)
    yield from _admin(people.superuser)
    for model in _listed():
        yield Page(f"{model._meta.label_lower}, HR", _list(model), people.hr)
    yield from _autocompletes(people.hr)
    yield from _details(people.hr)
    for name, address, person in work_pages(people.superuser, people.hr, people.manager, searches()):
        yield Page(name, address, person)
    for who, person in (("HR", people.hr), ("manager", people.manager)):
        yield from _api(who, person)


def _listed() -> list[type[Model]]:
    return [
        model for model, _page in admin.site._registry.items() if not model._meta.label.startswith("django_q")
    ]


def _list(model: type[Model], **query: Any) -> str:
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    return f"{address}?{urlencode(query)}" if query else address


def searches() -> list[tuple[str, str]]:
    """What people look for, and what they type for it, taken from a candidate in the middle."""
    middle = Candidate.objects.order_by("pk")[Candidate.objects.count() // 2]
    spelt = middle.email.partition("@")[0].rstrip("0123456789") or "zhangwei"
    return [
        ("name", middle.name),
        ("pinyin", spelt),
        ("initials", "zw"),
        ("phone", middle.phone[3:10]),
        ("last four", middle.phone[-4:]),
        ("e-mail", middle.email[:-4] or "zhang"),
        ("two words", f"{middle.name} {middle.phone[-4:]}"),
        ("nobody", "xqjzk"),
    ]


def _admin(person: User) -> Iterator[Page]:
    typed = searches()
    for model in _listed():
        label, page = model._meta.label_lower, admin.site._registry[model]
        request = RequestFactory().get(_list(model))
        request.user = person
        changes = page.get_changelist_instance(request)
        yield Page(label, _list(model), person, model._meta.db_table)
        yield Page(f"{label} p=2", _list(model, p=2), person)
        if changes.paginator.num_pages >= DEEP_PAGE:
            yield Page(f"{label} p={DEEP_PAGE}", _list(model, p=DEEP_PAGE), person)
        offered = page.get_sortable_by(request)
        for number, name in enumerate(changes.list_display):
            if name in offered and changes.get_ordering_field(name):
                yield Page(f"{label} by {name}", _list(model, o=number), person)
                yield Page(f"{label} by -{name}", _list(model, o=-number), person)
        for asked in _filters(page, model, request):
            yield Page(f"{label} {urlencode(asked)}"[:110], _list(model, **asked), person)
        if page.get_search_fields(request):
            for name, words in typed:
                yield Page(f"{label} search {name}", _list(model, q=words), person)
        if page.date_hierarchy:
            year = {f"{page.date_hierarchy}__year": timezone.now().year - 1}
            yield Page(f"{label} year", _list(model, **year), person)


def _middle(model: type[Model]) -> Any:
    rows = model._default_manager.order_by("pk").values_list("pk", flat=True)
    return rows[rows.count() // 2]


def _filters(page: Any, model: type[Model], request: Any) -> Iterator[dict[str, Any]]:
    for item in page.get_list_filter(request):
        if not isinstance(item, tuple | list):
            if isinstance(item, type) and issubclass(item, SimpleListFilter):
                made: Any = item(request, {}, model, page)
                for value, _label in made.lookup_choices[:CHOICES]:
                    yield {made.parameter_name: value}
                continue
            yield from _of_field(item, BooleanFieldListFilter, model)
            continue
        path, kind = item
        yield from _of_field(path, kind, model)


def _of_field(path: str, kind: type[FieldListFilter], model: type[Model]) -> Iterator[dict[str, Any]]:
    field: Any = None
    reached: Any = model
    for step in path.split("__"):
        field = reached._meta.get_field(step)
        reached = field.related_model
    first, last = timezone.localdate() - FROM, timezone.localdate() - TO
    if issubclass(kind, RangeDateTimeFilter):
        yield {
            f"{path}_from_0": first,
            f"{path}_from_1": "00:00:00",
            f"{path}_to_0": last,
            f"{path}_to_1": "00:00:00",
        }
    elif issubclass(kind, RangeDateFilter):
        yield {f"{path}_from": first, f"{path}_to": last}
    elif issubclass(kind, BooleanFieldListFilter):
        yield from ({f"{path}__exact": value} for value in (0, 1))
    elif issubclass(kind, ChoicesFieldListFilter):
        yield from ({f"{path}__exact": value} for value, _label in field.flatchoices[:CHOICES])
    elif reached is not None and reached._default_manager.exists():
        yield {f"{path}__id__exact": _middle(reached)}


def _autocompletes(person: User) -> Iterator[Page]:
    for app, model, field in (
        ("recruitment", "application", "candidate"),
        ("recruitment", "application", "opening"),
        ("onboarding", "onboardingcase", "application"),
        ("recruitment", "opening", "specialist"),
        ("people", "employee", "department"),
    ):
        for term in ("", "张", "zhang", "数据"):
            asked = {"app_label": app, "model_name": model, "field_name": field, "term": term}
            address = f"{reverse('admin:autocomplete')}?{urlencode(asked)}"
            yield Page(f"choose {model}.{field} “{term}”", address, person)


def _details(person: User) -> Iterator[Page]:
    found: list[tuple[str, Any]] = [
        ("completed", Interview.objects.filter(state="completed").order_by("-pk")),
        ("interrupted", Interview.objects.filter(state="interrupted").order_by("-pk")),
        ("scheduled", Interview.objects.filter(state="scheduled").order_by("-pk")),
        ("hired", Application.objects.filter(stage="hired").order_by("-pk")),
        ("", OnboardingCase.objects.order_by("-pk")),
        ("", Opening.objects.order_by("-pk")),
        ("", Candidate.objects.order_by("-pk")),
        ("", FollowUp.objects.order_by("-pk")),
    ]
    for which, rows in found:
        row = rows.first()
        if row is not None:
            label = row._meta.label_lower
            address = reverse(f"admin:{label.replace('.', '_')}_change", args=[row.pk])
            yield Page(f"page {label} {which}".strip(), address, person)
    yield Page("wall", reverse("admin:recruitment_interview_wall"), person)


def _api(who: str, person: User) -> Iterator[Page]:
    for prefix, view, _basename in _registered(router):
        if not hasattr(view, "list"):
            continue
        address = f"/api/v1/{prefix}/"
        name = f"{address} {who}"
        yield Page(name, address, person)
        yield Page(f"{name} page=2", f"{address}?page=2", person)
        for asked in _asked(view):
            yield Page(f"{name} {urlencode(asked)}", f"{address}?{urlencode(asked)}", person)
    week = (timezone.localdate() - FROM).isoformat()
    opening = Opening.objects.visible_to(person).order_by("pk").values_list("pk", flat=True)
    middle = opening[opening.count() // 2]
    yield Page(f"/api/v1/reports/weekly/ {who}", "/api/v1/reports/weekly/", person)
    yield Page(f"/api/v1/reports/weekly/ {who} a year ago", f"/api/v1/reports/weekly/?day={week}", person)
    yield Page(f"/api/v1/reports/weekly/ {who} opening", f"/api/v1/reports/weekly/?opening={middle}", person)
    yield Page(f"/api/v1/openings/…/progress/ {who}", f"/api/v1/openings/{middle}/progress/", person)
    yield Page(f"/api/v1/headcount-plan/ {who} what-if", "/api/v1/headcount-plan/?recovered=5&days=3", person)


def _registered(made: DefaultRouter) -> list[tuple[str, Any, str]]:
    return list(made.registry)


def _asked(view: Any) -> Iterator[dict[str, Any]]:
    kind = getattr(view, "filterset_class", None)
    if kind is None:
        return
    model = kind._meta.model
    for name, item in kind.base_filters.items():
        if name == "ordering":
            yield from ({name: value} for value, _label in item.extra["choices"])
        elif isinstance(item, SearchFilter):
            yield from ({name: typed} for typed in ("1380013", "ouyang"))
        elif isinstance(item, MomentFilter):
            # What a nightly copy asks for, from midnight on, so that a page has one name at every size.
            ago = YESTERDAY if name == "updated_since" else FROM
            yield {name: midnight(timezone.localdate() - ago).isoformat()}
        elif isinstance(item, django_filters.DateFilter):
            yield {name: (timezone.localdate() - FROM).replace(day=1)}
        elif isinstance(item, django_filters.NumberFilter | django_filters.ModelChoiceFilter):
            yield {name: _meant(model, name)}
        elif isinstance(item, django_filters.ChoiceFilter | django_filters.TypedChoiceFilter):
            offered = item.extra["choices"]
            values = list(offered() if callable(offered) else offered)[:CHOICES]
            yield from ({name: value} for value, _label in values)


def _meant(model: type[Model], name: str) -> Any:
    """A row that a filter by id may mean: of the model of that name, else of the filtered one itself."""
    named = {
        "interview": "recruitment.models.Interview",
        "application": "recruitment.models.Application",
        "opening": "recruitment.models.Opening",
        "department": "people.models.Department",
        "assignee": "people.models.User",
    }
    return _middle(import_string(named[name]) if name in named else model)
