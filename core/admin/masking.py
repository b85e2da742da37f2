"""How people are reached is masked in lists and on pages: 138****1234, z***@example.com; in full for a reason.

    class CandidateAdmin(Masked, Lean, Scoped, WithSteps, ModelAdmin):
        masked = ("phone", "email", "other_contacts")

Each such look is noted, with who, whose and why, before anything is shown. An export carries what the list shows, or
all of it for a reason. What is asked of a list (search, filters) is not touched by it.
"""

import time
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, ClassVar

from django import forms
from django.db.models import Field, Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core import contacts
from core.admin import fields
from core.admin.steps import Step, StepForm, Text
from core.history import looks
from core.history.models import LookKind, Why
from core.sealed import masks
from core.sealed.fields import Sealed

HELD = "shown_in_full"
# So long a page shows in full what was asked for once, and so many pages of one session.
FOR_SECONDS, MOST_HELD = 15 * 60, 50
LONGEST_NOTE = 200
# What a list may be taken away in full for: something else is said of one person, on their page.
WHY_TAKEN = tuple(one for one in Why.of_contact if one != Why.OTHER)
Shown = Callable[[Any], str | None]


class WhyForm(StepForm):
    """What for; in words where it is something else."""

    why = fields.choice(_("what for"), [(one, Why(one).label) for one in Why.of_contact])
    note = fields.words(_("in words"), lines=2, required=False, max_length=LONGEST_NOTE)

    def clean(self) -> dict[str, Any]:
        """Something else is said in words."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if values.get("why") == Why.OTHER and not values.get("note"):
            self.add_error("note", forms.ValidationError(_("Please say what for."), code="reason_missing"))
        return values


def mask_of(field: Field[Any, Any]) -> Callable[[str], str] | None:
    """How this column's values are masked; None for one that tells nobody's number or address."""
    if isinstance(field, Sealed):
        return field.mask
    if isinstance(field, contacts.PhoneField):
        return masks.phone
    return masks.email if isinstance(field, contacts.EmailField) else None


def hide(rows: Iterable[Model]) -> None:
    """Mask what these rows of a list, and the rows read together with them, hold of the kind. They are for the screen:
    nobody saves them."""
    todo, known = list(rows), set()
    while todo:
        row = todo.pop()
        if id(row) in known:
            continue
        known.add(id(row))
        for name, mask in _masked_columns(type(row)):
            if isinstance(value := row.__dict__.get(name), str):
                row.__dict__[name] = mask(value)
        todo += [each for each in row._state.fields_cache.values() if isinstance(each, Model)]


def may_be_taken(page: Any, request: HttpRequest) -> bool:
    """Whether this list has columns that tell how somebody is reached, and this person may take them away in full."""
    return bool(page.personal) and page.may_take_personal(request)


@cache
def _masked_columns(model: type[Model]) -> list[tuple[str, Callable[[str], str]]]:
    found = ((field.attname, mask_of(field)) for field in model._meta.local_concrete_fields)
    return [(name, mask) for name, mask in found if mask is not None]


@cache
def _instead(model: type[Model], name: str) -> Shown:
    """What stands on the page in the field's place."""
    field: Any = model._meta.get_field(name)
    mask = mask_of(field) or masks.text

    def shown(row: Any) -> str | None:
        return mask(getattr(row, name)) or None

    shown.__name__ = f"{name}_masked"
    shown.short_description = field.verbose_name  # type: ignore[attr-defined]
    shown.empty_value_display = "–"  # type: ignore[attr-defined]
    return shown


def _key(record: Model) -> str:
    return f"{record._meta.label_lower}/{record.pk}"


def is_shown(request: HttpRequest, record: Model) -> bool:
    """Whether this session was shown this record in full a little while ago. What was typed meanwhile is taken later,
    too."""
    until = request.session.get(HELD, {}).get(_key(record))
    return until is not None and (request.method == "POST" or time.time() < until)


class Masked:
    """For a ModelAdmin with steps: before it in the bases. `masked` names the fields, `shown_as` what a look at them is
    noted as."""

    masked: ClassVar[tuple[str, ...]] = ()
    shown_as: ClassVar[LookKind] = LookKind.CONTACT
    show_form: ClassVar[type[WhyForm]] = WhyForm
    show_title: ClassVar[Text] = _("Show contact details")
    show_words: ClassVar[Text] = _(
        "For a quarter of an hour this page shows number and addresses in full, and they can be changed. "
        "Your name, the time and the reason are noted."
    )

    @property
    def all_steps(self) -> tuple[Step, ...]:
        """Those of the page, and the one that shows in full."""
        show = Step(
            "show-in-full",
            self.show_title,
            self._show,
            form=self.show_form,
            offered=lambda record: any(getattr(record, name) for name in self.masked),
            words=self.show_words,
        )
        return (*super().all_steps, show)  # type: ignore[misc]

    def _show(self, request: HttpRequest, record: Any, data: dict[str, Any]) -> HttpResponse:
        columns = [name for name in self.masked if getattr(record, name)]
        looks.note(
            request, self.shown_as, record, why=data["why"], words=data["note"].strip(), columns=columns
        )
        now = time.time()
        held = {
            key: until for key, until in request.session.get(HELD, {}).items() if until > now - FOR_SECONDS
        }
        newest = sorted(held.items(), key=lambda each: each[1])[1 - MOST_HELD :]
        request.session[HELD] = dict(newest) | {_key(record): now + FOR_SECONDS}
        opts = record._meta
        return HttpResponseRedirect(
            reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[record.pk])
        )

    def _hidden(self, request: HttpRequest, record: Any) -> dict[str, Shown]:
        # Whose right was taken away meanwhile is shown nothing more; nor who looks as a colleague that has none.
        if record is None or (is_shown(request, record) and self.has_step_permission(request)):  # type: ignore[attr-defined]
            return {}
        model: type[Model] = type(record)
        return {name: _instead(model, name) for name in self.masked}

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """The page's fields, masked ones in their places."""
        hidden = self._hidden(request, obj)

        def placed(name: Any) -> Any:
            return tuple(map(placed, name)) if isinstance(name, tuple | list) else hidden.get(name, name)

        return [
            (title, {**options, "fields": [placed(name) for name in options["fields"]]})
            for title, options in super().get_fieldsets(request, obj)  # type: ignore[misc]
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """What is masked is not typed over."""
        return [*super().get_readonly_fields(request, obj), *self._hidden(request, obj).values()]  # type: ignore[misc]
