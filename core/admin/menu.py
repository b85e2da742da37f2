"""The sidebar: every app's `menu.py` declares what it offers; here it becomes one list in the order of the day's work.

ENTRIES = [Entry(TODAY, _("What waits"), "call", model="app.model", order=20)]
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.collecting import declared

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Group:
    """A heading of the sidebar; the lowest `order` stands first. Apps make their own beside these two."""

    title: Text
    order: int


TODAY = Group(_("Today"), 0)
SYSTEM = Group(_("System"), 1000)

EVERYBODY = "*"
# More than this nobody reads: a test counts them for each role.
MOST_ENTRIES = 12


@dataclass(frozen=True, slots=True)
class Entry:
    """One link: a model's list ("app.model"), or an address by its name; with both, for whoever may see the model.

    `daily` names whose work of every day it is (see `daily_work` of a person), EVERYBODY for all. In the sidebar stand
    these alone, so that nobody reads past thirty others; every entry stands on the page of all pages.
    `badge(request)` answers what Unfold shows beside it: {"badge": number, "badge_variant": look}, or {} for nothing.
    """

    group: Group
    title: Text
    icon: str
    model: str = ""
    address: str = ""
    query: str = ""
    order: int = 100
    daily: tuple[str, ...] = ()
    badge: Callable[[HttpRequest], dict[str, Any]] | None = None
    # For a page that asks for more than to see the model: whether this person may open it.
    opens: Callable[[Any], bool] = lambda person: True


def entries() -> list[Entry]:
    """What every app declares, by group and order; within one order as declared."""
    found: list[Entry] = [entry for module in declared("menu") for entry in module.ENTRIES]
    return sorted(found, key=lambda entry: (entry.group.order, entry.order))


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """The groups with the links of this person's work, only what may be opened; the queries are those of the badges."""
    work = {EVERYBODY, *getattr(request.user, "daily_work", ())}
    return _in_groups(request, [entry for entry in entries() if not work.isdisjoint(entry.daily)])


def all_pages(request: HttpRequest) -> list[dict[str, Any]]:
    """The same of everything that this person may open, whoever's work it is."""
    return _in_groups(request, entries())


def named(request: HttpRequest, words: str) -> list[tuple[Entry, str]]:
    """Pages that this person may open and whose name, or whose group's, has these words in it, with their addresses."""
    wanted = words.casefold()
    fitting = [one for one in entries() if wanted in f"{one.title} {one.group.title}".casefold()]
    found = [(one, _link(request, one)) for one in fitting]
    return [(one, _asking(one, link)) for one, link in found if link]


def _in_groups(request: HttpRequest, offered: list[Entry]) -> list[dict[str, Any]]:
    groups: dict[Group, list[dict[str, Any]]] = {}
    for entry, item in _items(request, offered):
        groups.setdefault(entry.group, []).append(item)
    return [
        {"title": group.title, "separator": place > 0, "items": items}
        for place, (group, items) in enumerate(groups.items())
    ]


def _items(request: HttpRequest, offered: list[Entry]) -> Iterator[tuple[Entry, dict[str, Any]]]:
    links = {entry: _link(request, entry) for entry in offered}
    # Where one is: of several lists that this address lies below, the longest; the first page only by itself.
    around = [
        link
        for entry, link in links.items()
        if link and (request.path.startswith(link) if entry.model else request.path == link)
    ]
    here = max(around, key=len, default="")
    for entry, link in links.items():
        if not link:
            continue
        item: dict[str, Any] = {
            "title": entry.title,
            "icon": entry.icon,
            "link": _asking(entry, link),
            "active": link == here,
        }
        if entry.badge:
            item |= entry.badge(request)
        yield entry, item


def _asking(entry: Entry, link: str) -> str:
    return f"{link}?{entry.query}" if entry.query else link


def _link(request: HttpRequest, entry: Entry) -> str:
    """Its address; "" when the model has no list, or this person may not see it, or not open the page."""
    if not entry.opens(request.user):
        return ""
    if not entry.model:
        return _address(entry.address)
    try:
        model = apps.get_model(entry.model)
        model_admin = admin.site.get_model_admin(model)
    except (LookupError, admin.exceptions.NotRegistered):
        return ""
    if not model_admin.has_view_permission(request):
        return ""
    return _address(entry.address or f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
