"""Every page of the back office, for tests that walk through all of them, and what a reader sees of one."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from django.contrib import admin
from django.test import Client
from django.urls import NoReverseMatch, reverse

from core.admin.steps import WithSteps

_UNREAD = ("script", "style", "template", "code", "pre", "textarea")
_SAID = ("title", "placeholder", "aria-label", "alt")
# Two words and more, as only a sentence or a label has them.
_ENGLISH = re.compile(r"[A-Za-z][a-z’']+(?:,? [A-Za-z’']+)+")


def of_the_back_office() -> Iterator[str]:
    """Every list, every form, every page of a record with its history, its steps and the page that would delete it."""
    yield reverse("admin:index")
    yield reverse("admin:password_change")
    for model, model_admin in admin.site._registry.items():
        base = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        row = model._default_manager.order_by("-pk").first()
        for name in ("changelist", "add", "change", "delete", "history"):
            of_row = name not in ("changelist", "add")
            if not of_row or row is not None:
                yield from _address(f"{base}_{name}", row.pk if of_row and row is not None else None)
        if row is not None and isinstance(model_admin, WithSteps):
            for step in model_admin.all_steps:
                if step.form is not None:
                    yield reverse(f"{base}_step", args=[row.pk, step.name])


def _address(name: str, key: object) -> Iterator[str]:
    try:
        yield reverse(name, args=[] if key is None else [key])
    except NoReverseMatch:
        return


class _Text(HTMLParser):
    """What stands on a page in the page's own language: a part that says it is English is so on purpose."""

    def __init__(self) -> None:
        super().__init__()
        self.unread = 0
        self.english = ""
        self.depth = 0
        self.said: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.unread += tag in _UNREAD
        if tag != "html" and not self.english and dict(attrs).get("lang") == "en":
            self.english = tag
        self.depth += tag == self.english
        if not self.unread and not self.english:
            self.said += [value for name, value in attrs if name in _SAID and value]

    def handle_endtag(self, tag: str) -> None:
        self.unread -= tag in _UNREAD
        self.depth -= tag == self.english
        if not self.depth:
            self.english = ""

    def handle_data(self, data: str) -> None:
        if not self.unread and not self.english and data.strip():
            self.said.append(" ".join(data.split()))


def text_of(html: str) -> list[str]:
    """The pieces of text that stand on the page, its hints included; what stands in a text box is the user's."""
    parser = _Text()
    parser.feed(html)
    return parser.said


# A phone has none of these keys; what is chosen with them there is chosen with ticks, or looked up.
_KEYS = re.compile(r"\b(?:Ctrl|Control|Command|Shift)\b|按住|⌘")
_PLAIN_LIST = re.compile(r"<select\b(?=[^>]*\bmultiple\b)(?![^>]*\badmin-autocomplete\b)")


def needs_a_keyboard(html: str) -> bool:
    """Whether something can be chosen on this page only with a key held down, or it says so."""
    said = (piece for piece in text_of(html) if "Ctrl+K" not in piece.replace(" ", ""))
    return bool(_PLAIN_LIST.search(html)) or any(map(_KEYS.search, said))


def english_of(html: str, *, known: set[str]) -> set[str]:
    """Runs of English words on a page, without the names that somebody gave in English."""
    pieces = (piece for piece in text_of(html) if piece not in known)
    return {found for piece in pieces for found in _ENGLISH.findall(piece)}


def forms_of(client: Client) -> Iterator[str]:
    """Those of the pages that take a form."""
    for address in of_the_back_office():
        if address.endswith(("/add/", "/password_change/")) or "/steps/" in address:
            yield address
