"""Rows of an inline: numbered by their order, and told apart in words before the database has to."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import UniqueConstraint
from django.forms import BaseInlineFormSet
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminIntegerFieldWidget

LAST = 32_000
ONE_ALREADY = _("Somebody else added one meanwhile: open the page again to see it.")


class CheckedFormSet(BaseInlineFormSet):
    """Rows that are unique within their page: two may swap, none may stand twice.

    Constraints over all rows are to be deferrable: the database checks them when all rows are saved. Those with a
    condition cannot be; the row that gives its place up is saved before the one that takes it.

    `duplicate_row`: twice in this form. `row_exists`: somebody else made it meanwhile.
    """

    model: Any
    is_saving = False

    def add_fields(self, form: Any, index: int | None) -> None:
        """Each box says what it is: in a table its heading stands far away, and is no label to a reader of screens."""
        super().add_fields(form, index)
        for field in form.fields.values():
            if field.label and not field.widget.is_hidden:
                field.widget.attrs.setdefault("aria-label", field.label)

    def _construct_form(self, i: int, **kwargs: Any) -> forms.ModelForm:
        form = super()._construct_form(i, **kwargs)

        def validate_constraints() -> None:
            # A row alone does not know where the others go: these are checked for all of them.
            excluded = form._get_validation_exclusions() | {self.fk.name}
            try:
                form.instance.validate_constraints(exclude=excluded)
            except ValidationError as error:
                form._update_errors(error)

        form.validate_constraints = validate_constraints
        return form

    @property
    def initial_forms(self) -> list[Any]:
        """In their order; while they are saved, who gives up a place comes before who takes it."""
        rows: list[Any] = super().initial_forms
        return sorted(rows, key=self._turn) if self.is_saving else rows

    def save_existing_objects(self, commit: bool = True) -> list[Any]:
        """Save what was there, so that no place is taken before it is free."""
        self.is_saving = True
        try:
            return super().save_existing_objects(commit)
        finally:
            self.is_saving = False

    def _turn(self, form: Any) -> int:
        if self.can_delete and self._should_delete_form(form):
            return 0
        given_up = any(
            not self._is_held(constraint, form) and self._was_held(constraint, form)
            for constraint in self._within()
            if constraint.condition is not None
        )
        return 1 if given_up else 2

    def _within(self) -> list[UniqueConstraint]:
        """The constraints among the rows of one page; of a one-to-one relation, that there is one row."""
        found = [
            constraint
            for constraint in self.model._meta.constraints
            if isinstance(constraint, UniqueConstraint) and self.fk.name in constraint.fields
        ]
        if self.fk.unique:
            found.append(
                UniqueConstraint(fields=[self.fk.name], name="one", violation_error_message=ONE_ALREADY)
            )
        return found

    def _is_held(self, constraint: UniqueConstraint, form: Any) -> bool:
        if constraint.condition is None:
            return True
        row = form.instance
        values = {
            field.name: row.serializable_value(field.attname) for field in self.model._meta.concrete_fields
        }
        return constraint.condition.check(values)

    def _was_held(self, constraint: UniqueConstraint, form: Any) -> bool:
        stored = self.model._base_manager.filter(constraint.condition, pk=form.instance.pk)
        return bool(stored.exists())

    def _kept(self) -> Iterator[Any]:
        deleted = self.deleted_forms if self.can_delete else []
        for form in self.forms:
            if form in deleted or not hasattr(form, "cleaned_data"):
                continue
            if form.instance.pk is not None or form.has_changed():
                yield form

    def validate_unique(self) -> None:
        """The forms' rows against each other, and against those that somebody else added meanwhile."""
        # Each of them is asked: two rows may stand twice in two ways.
        refused = [constraint for constraint in self._within() if self._refuse_twice(constraint)]
        if not refused:
            super().validate_unique()

    def _refuse_twice(self, constraint: UniqueConstraint) -> bool:
        names = [name for name in constraint.fields if name != self.fk.name]
        taken = self._others(constraint, names)
        seen: set[tuple[Any, ...]] = set()
        refused = False
        for form in self._kept():
            values = tuple(form.cleaned_data.get(name) for name in names)
            if None in values or not self._is_held(constraint, form):
                continue
            keys = tuple(getattr(value, "pk", value) for value in values)
            if keys in seen or keys in taken:
                form.add_error(names[0] if names else None, self._refusal(constraint, values, keys in seen))
                refused = True
            seen.add(keys)
        return refused

    def _refusal(
        self, constraint: UniqueConstraint, values: tuple[Any, ...], is_here: bool
    ) -> ValidationError:
        code = "duplicate_row" if is_here else "row_exists"
        if not values:
            return ValidationError(constraint.get_violation_error_message(), code=code)
        if is_here:
            text = _("“%(value)s” stands here twice: keep one of the rows.")
        else:
            text = _("“%(value)s” was added by somebody else meanwhile: open the page again to see it.")
        return ValidationError(text, code=code, params={"value": " · ".join(str(value) for value in values)})

    def _others(self, constraint: UniqueConstraint, names: list[str]) -> set[tuple[Any, ...]]:
        """The rows in the database that this form does not hold."""
        if self.instance.pk is None:
            return set()
        mine = [form.instance.pk for form in self.initial_forms if form.instance.pk]
        rows = self.model._base_manager.filter(**{self.fk.name: self.instance}).exclude(pk__in=mine)
        if constraint.condition is not None:
            rows = rows.filter(constraint.condition)
        return {keys[1:] for keys in rows.values_list("pk", *names)}


class _PlaceWidget(UnfoldAdminIntegerFieldWidget):
    """A small box; after a row is dragged it shows the new place."""

    class Media:
        js = ["core/places.js"]


class _Place(forms.IntegerField):
    """A place in an order; without one the row goes to the end."""

    widget = _PlaceWidget

    def clean(self, value: Any) -> int:
        try:
            found = super().clean(value)
        except ValidationError:
            found = None
        return LAST if found is None else max(-LAST, min(found, LAST))


class OrderedFormSet(CheckedFormSet):
    """Rows whose `number` is their place: whatever numbers come in, 1, 2, 3 … are kept.

    A row that was given another's place stands before it when it moved up, behind it when it moved down, as if it had
    been dragged there. Rows that somebody else added meanwhile keep their numbers.
    """

    number = "number"

    def add_fields(self, form: Any, index: int | None) -> None:
        """The place is dragged or typed; a new row without one comes last."""
        before = form.fields[self.number]
        form.fields[self.number] = _Place(
            required=False, label=before.label, help_text=_("Drag the row, or type its place; empty: last.")
        )
        super().add_fields(form, index)

    def _construct_form(self, i: int, **kwargs: Any) -> forms.ModelForm:
        form = super()._construct_form(i, **kwargs)
        if form.instance.pk is None:
            # A place alone makes no row.
            form.fields[self.number].has_changed = lambda initial, data: False
        excluded = form._get_validation_exclusions
        # What was typed is a wish; the number is given in the end.
        form._get_validation_exclusions = lambda: excluded() | {self.number}
        return form

    def clean(self) -> None:
        """Give every row its place."""
        taken = {number for (number,) in self._numbers_of_others()}
        place = 0
        for form in sorted(self._kept(), key=self._wanted):
            place += 1
            while place in taken:
                place += 1
            form.cleaned_data[self.number] = place
            setattr(form.instance, self.number, place)
            changed = [name for name in form.changed_data if name != self.number]
            if form.instance.pk is None or form.initial.get(self.number) != place:
                changed.append(self.number)
            form.changed_data = changed
        super().clean()

    def _wanted(self, form: Any) -> tuple[int, int]:
        wanted, before = form.cleaned_data.get(self.number, LAST), form.initial.get(self.number)
        if before is None or wanted < before:
            return wanted, -1
        return wanted, int(wanted > before)

    def _numbers_of_others(self) -> set[tuple[Any, ...]]:
        whole = [rule for rule in self._within() if rule.condition is None and self.number in rule.fields]
        return self._others(whole[0], [self.number]) if whole else set()
