"""Names, e-mail addresses and phone numbers in one spelling, however they are typed; fields that keep them so.

A phone number is stored as E.164 ("+8613800138000", with ";ext=801" where there is an extension); without a country
code it is a mainland number. It is shown as people there write it.
"""

import re
import unicodedata
from collections.abc import Callable
from typing import Any

import phonenumbers
from django import forms
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models
from django.utils.translation import gettext_lazy as _

from core.text import one_line, visible

REGION = "CN"
# What the database takes as a phone number; that it exists is known before.
STORED_PHONE = r"^\+[1-9][0-9]{6,14}(;ext=[0-9]{1,10})?$"
_STORED = re.compile(STORED_PHONE)
# What a name never holds: control characters, characters of no width, a blank at either end.
UNCLEAN_NAME = r"[\u0001-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]|^\s|\s$"
_EXTENSION = re.compile(r"(转接|转|分机号|分机)\s*[::]?\s*(?=\d)")
_WITHIN_CHINESE = re.compile(
    r"(?<=[\u3400-\u9fff\U00020000-\U000323af]) (?=[\u3400-\u9fff\U00020000-\U000323af])"
)
_NO_NUMBER = re.compile(r"[^\d+()./\-\s;=extEXT#]|\d[eE]")


def name(text: str) -> str:
    """One line, composed, one blank between words; none within Chinese, where tables set "李　娜" as wide as others."""
    return _WITHIN_CHINESE.sub("", one_line(text))


def email(text: str) -> str:
    """Small letters of half width, nothing without width, no blanks."""
    return "".join(visible(unicodedata.normalize("NFKC", text)).split()).lower()


def phone(text: str) -> str:
    """E.164; "" for nothing. Raises ValueError for what is no number that exists."""
    typed = one_line(unicodedata.normalize("NFKC", text)).removeprefix("tel:")
    typed = _EXTENSION.sub(";ext=", typed)
    if not typed:
        return ""
    if _NO_NUMBER.search(typed):
        raise ValueError(text)
    try:
        number = phonenumbers.parse(typed, REGION)
    except phonenumbers.NumberParseException as error:
        raise ValueError(text) from error
    if not phonenumbers.is_valid_number(number):
        raise ValueError(text)
    extension = f";ext={number.extension}" if number.extension else ""
    return f"{phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)}{extension}"


def require_number(stored: str) -> None:
    """The rule of a table whose column the database cannot read. IntegrityError for what is no stored number."""
    if stored and not _STORED.match(stored):
        raise IntegrityError("phone_is_one: a phone number is stored as E.164")


def shown(stored: str) -> str:
    """A stored number as it is read: 138 0013 8000 at home, +44 20 7946 0018 from abroad; what is none, or is masked,
    as it is."""
    if "*" in stored:
        return stored
    try:
        number = phonenumbers.parse(stored, REGION)
    except phonenumbers.NumberParseException:
        return stored
    is_home = number.country_code == phonenumbers.country_code_for_region(REGION)
    kind = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(number, kind.NATIONAL if is_home else kind.INTERNATIONAL)


def _phone_as_far_as_known(text: str) -> str:
    try:
        return phone(text)
    except ValueError:
        return text


class _SpeltField(models.CharField):
    """Text in one spelling, whichever way it comes in: forms, save, bulk_create, update; lookups ask in it too."""

    form_class: type[forms.CharField]
    spell: Callable[[str], str]

    def deconstruct(self) -> Any:
        """For migrations it is the column that it is."""
        name_, path, args, kwargs = super().deconstruct()
        if path.startswith("core.contacts."):
            path = "django.db.models.CharField"
        return name_, path, args, kwargs

    def to_python(self, value: Any) -> Any:
        """Spelt out; ValidationError for what cannot be."""
        found = super().to_python(value)
        return self.form_class().to_python(found) if isinstance(found, str) else found

    def get_prep_value(self, value: Any) -> Any:
        """Spelt out, as far as it can be: the table's own rules refuse the rest."""
        found = models.CharField.to_python(self, value)
        return type(self).spell(found) if isinstance(found, str) else value

    def pre_save(self, model_instance: Any, add: bool) -> Any:
        """The row itself holds what the table does."""
        value = getattr(model_instance, self.attname)
        if isinstance(value, str):
            value = type(self).spell(value)
            setattr(model_instance, self.attname, value)
        return value

    def formfield(self, **kwargs: Any) -> Any:
        """A box that knows the spelling."""
        return super().formfield(**{"form_class": self.form_class, **kwargs})


def spell_out(row: models.Model) -> None:
    """Bring the row's names, addresses and numbers to their spelling, before other values are made of them."""
    for field in row._meta.concrete_fields:
        if isinstance(field, _SpeltField):
            field.pre_save(row, False)


class _SpeltBox(forms.CharField):
    spell: Callable[[str], str]

    def to_python(self, value: Any) -> Any:
        """In one spelling."""
        found = super().to_python(value)
        return type(self).spell(found) if found else found

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Another spelling of the same is no change."""
        try:
            return super().has_changed(self.to_python(initial or ""), self.to_python(data or ""))
        except ValidationError:
            return True


class NameBox(_SpeltBox):
    """A name."""

    spell = staticmethod(name)


class EmailBox(_SpeltBox, forms.EmailField):
    """An address."""

    spell = staticmethod(email)


class PhoneBox(_SpeltBox):
    """A number; shown as people write it."""

    spell = staticmethod(phone)

    def to_python(self, value: Any) -> Any:
        """E.164. ValidationError("phone_unknown")."""
        try:
            return super().to_python(value)
        except ValueError:
            raise ValidationError(
                _("This is no phone number: write it as 138 0013 8000, 010 6552 9988 or +44 20 7946 0018."),
                code="phone_unknown",
            ) from None

    def prepare_value(self, value: Any) -> Any:
        """As it is read."""
        return shown(value) if value and value.startswith("+") else value


class NameField(_SpeltField):
    """A person's name: one line, composed, nothing without width."""

    form_class = NameBox
    spell = staticmethod(name)


class PhoneField(_SpeltField):
    """A phone number as E.164."""

    form_class = PhoneBox
    spell = staticmethod(_phone_as_far_as_known)


class EmailField(_SpeltField, models.EmailField):
    """An e-mail address in small letters."""

    form_class = EmailBox
    spell = staticmethod(email)

    def deconstruct(self) -> Any:
        """For migrations it is the column that it is."""
        name_, _path, args, kwargs = super().deconstruct()
        return name_, "django.db.models.EmailField", args, kwargs
