"""Model fields that are sealed in the database and plain everywhere else: on the row, in values(), in forms.

    phone = SealedPhoneField(_("phone"), max_length=30, blank=True, looked_up=True)

What is asked of such a column is `exact`, `in` (where it is `looked_up`) and `isnull`; anything else is a FieldError.
A value of a row is bound to its table and column: moved to another one it is not opened. Empty stays empty.
"""

import base64
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.core.exceptions import EmptyResultSet, FieldError
from django.db import IntegrityError, models
from django.db.models import Func, lookups
from django.db.models.query_utils import DeferredAttribute
from pgtrigger.core import IsDistinctFrom

from core import contacts
from core.sealed import masks, ring
from core.sealed.ring import BEGINS, FORM, MARKED


class Mark(Func):
    """What equal values of a sealed column have in common: for unique constraints and indexes."""

    template = f"LEFT(%(expressions)s, {MARKED})"
    arity = 1
    output_field = models.CharField()


class Opened(str):
    """A text as it was read, which knows how it is stored: saved as it is, its row has not changed."""

    __slots__ = ("kept",)
    kept: tuple[str, str]


class OpenedNumber(Decimal):
    """A number as it was read, which knows how it is stored."""

    kept: tuple[str, str]


class OpenedBytes(bytes):
    """Bytes as they were read, which know how they are stored."""

    kept: tuple[str, str]


class Kept(DeferredAttribute):
    """A value of a row. What is set to the value that it has stays as it was read, and so as it is stored."""

    def __set__(self, instance: models.Model, value: Any) -> None:
        name = self.field.attname
        was = instance.__dict__.get(name)
        if hasattr(was, "kept") and not hasattr(value, "kept") and was == value:
            return
        instance.__dict__[name] = value


class Sealed(models.Field):
    """Mixed into a text field, or one that is written as a text.

    What was read goes back as it was stored, as long as it is the same and under the present key: a row that is saved
    whole has changed in nothing that was left alone.

    `looked_up`: equal values are found, by a mark at the beginning of what is stored.
    """

    looked_up: bool
    written_as = "text"
    descriptor_class = Kept
    # How it is shown where the value itself is not meant: to be known again by. None: whoever may see the row reads it.
    mask: Callable[[str], str] | None = staticmethod(masks.text)

    def __init__(self, *args: Any, looked_up: bool = False, **kwargs: Any) -> None:
        self.looked_up = looked_up
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        """For migrations it is a sealed column, however it is spelt."""
        name, _path, args, kwargs = super().deconstruct()
        if self.looked_up:
            kwargs["looked_up"] = True
        return name, "core.sealed.fields.SealedTextField", args, kwargs

    def get_internal_type(self) -> str:
        """Text of any length."""
        return "TextField"

    @property
    def place(self) -> str:
        """What its values are bound to."""
        return f"{self.model._meta.db_table}.{self.column}"

    def seal(self, plain: str) -> str:
        """As it is stored."""
        return ring.ring().seal(plain, self.place, marked=self.looked_up) if plain else plain

    def unseal(self, stored: str) -> str:
        """As it is read; what was stored before the column was sealed is plain."""
        return ring.ring().unseal(stored, self.place) if ring.is_sealed(stored) else stored

    def seal_again(self, stored: str) -> str:
        """Of something that may be sealed already: as it is stored now."""
        return stored if ring.is_sealed(stored) else self.seal(stored)

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        """Opened. Refused: sealing_key_missing, sealed_value_unreadable."""
        if not value or not ring.is_sealed(value):
            return value
        opened = Opened(self.unseal(value))
        opened.kept = (self.place, value)
        return opened

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """Sealed."""
        if stored := self.stored(value):
            return stored
        plain = value if prepared else self.get_prep_value(value)
        return self.seal(plain) if isinstance(plain, str) else plain

    def stored(self, value: Any) -> str:
        """How a value that was read from this column is stored, if that is under the present key; else ""."""
        place, stored = getattr(value, "kept", ("", ""))
        return stored if place == self.place and stored.split(":")[2] == ring.ring().present else ""

    def get_lookup(self, lookup_name: str) -> Any:
        """Nothing but what a sealed column can answer."""
        return _LOOKUPS.get(lookup_name)

    def get_transform(self, lookup_name: str) -> Any:
        """None: the database sees no part of the value."""
        return None

    def stale(self, column: str) -> tuple[str, str]:
        """The condition that a row stands plain here or under an older key, and its parameter."""
        return f"{column} <> '' AND {column} !~ %s", ring.under(ring.ring().present)

    def counted(self, column: str, table: str) -> tuple[str, str]:
        """The statement that answers key ("" for plain) and number for each key, and its parameter."""
        number = f"CASE WHEN left({column}, {ring.HEAD}) ~ %s THEN split_part({column}, ':', 3) ELSE '' END"
        said = f"SELECT {number}, count(*) FROM {table} WHERE {column} <> '' GROUP BY 1"  # noqa: S608 -- of the model
        return said, ring.BEGINNING

    def marked(self, plain: str) -> str:
        """By which the value is found; FieldError where the column is not looked up."""
        if not plain:
            return ""
        if not self.looked_up:
            raise FieldError(f"{self.place} is sealed and not looked up by its value")
        return f"{BEGINS}{ring.ring().mark(plain, self.place)}"


class _Exact(lookups.Exact):
    def as_sql(self, compiler: Any, connection: Any) -> Any:
        sql, params = compiler.compile(self.lhs)
        if hasattr(self.rhs, "as_sql"):
            other, more = compiler.compile(self.rhs)
            return f"LEFT({sql}, {MARKED}) = LEFT({other}, {MARKED})", [*params, *more]
        mark = self.lhs.output_field.marked(self.rhs)
        return f"LEFT({sql}, {MARKED}) = %s", [*params, mark]


class _In(lookups.In):
    def as_sql(self, compiler: Any, connection: Any) -> Any:
        if not self.rhs_is_direct_value():
            raise FieldError("A sealed column is compared with values, not with a query.")
        sql, params = compiler.compile(self.lhs)
        marks = sorted({self.lhs.output_field.marked(each) for each in self.rhs if each is not None})
        if not marks:
            raise EmptyResultSet
        return f"LEFT({sql}, {MARKED}) = ANY (%s)", [*params, marks]


class _IsSealed(lookups.BuiltinLookup):
    """`column__stored_sealed=True`: for the table's own rule that nothing plain is stored."""

    lookup_name = "stored_sealed"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        sql, params = compiler.compile(self.lhs)
        return f"{sql} ~ '^({FORM})?$'", params


_LOOKUPS = {
    "exact": _Exact,
    "in": _In,
    "isnull": lookups.IsNull,
    "stored_sealed": _IsSealed,
    # Of a trigger that holds a column to what it was.
    IsDistinctFrom.lookup_name: IsDistinctFrom,
}


def only_sealed(column: str, name: str) -> models.CheckConstraint:
    """The table takes nothing plain in this column, whoever writes it."""
    return models.CheckConstraint(condition=models.Q(**{f"{column}__stored_sealed": True}), name=name)


class SealedTextField(Sealed, models.TextField):
    """A text."""


class SealedWordsField(SealedTextField):
    """What somebody wrote, for everybody who may see the row: in lists and in the history it is not masked."""

    mask = None


class SealedDecimalField(Sealed, models.DecimalField):
    """An amount over nothing, for whoever may see the row: in lists and in the history it is not masked."""

    mask = None

    def deconstruct(self) -> Any:
        """Without what only a number has: the column is a text."""
        name, path, args, kwargs = super().deconstruct()
        for only in ("max_digits", "decimal_places", "validators"):
            kwargs.pop(only, None)
        return name, path, args, kwargs

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Any:
        """Opened. Refused: sealing_key_missing, sealed_value_unreadable."""
        if value is None:
            return None
        opened = OpenedNumber(self.unseal(value))
        if ring.is_sealed(value):
            opened.kept = (self.place, value)
        return opened

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """Sealed, with its decimal places. IntegrityError for nothing or less, as the table itself did while it could
        read it."""
        if value is None or hasattr(value, "as_sql"):
            return value
        if stored := self.stored(value):
            return stored
        amount = self.to_python(value)
        if amount <= 0:
            raise IntegrityError(f"{self.place}: an amount is over nothing")
        return self.seal(f"{amount:.{self.decimal_places}f}")


class SealedBytesField(Sealed, models.BinaryField):
    """A file, sealed as the text of its bytes: a little under twice as long."""

    mask = None

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Any:
        """Opened. Refused: sealing_key_missing, sealed_value_unreadable."""
        if value is None:
            return None
        opened = OpenedBytes(base64.b64decode(self.unseal(value)))
        opened.kept = (self.place, value)
        return opened

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """Sealed; nothing stays nothing."""
        if value is None or hasattr(value, "as_sql"):
            return value
        return self.stored(value) or self.seal(base64.b64encode(bytes(value)).decode())

    def get_placeholder(self, value: Any, compiler: Any, connection: Any) -> str:
        """A text's."""
        return "%s"


class SealedJSONField(Sealed, models.JSONField):
    """Lists and objects, sealed as a whole: nothing in them is asked for."""

    mask = None

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Any:
        """Opened and read. Refused: sealing_key_missing, sealed_value_unreadable."""
        return json.loads(self.unseal(value), cls=self.decoder) if value else None

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """Written and sealed; nothing stays nothing."""
        if value is None or hasattr(value, "as_sql"):
            return value
        return self.seal(json.dumps(value, cls=self.encoder, ensure_ascii=False))


class SealedDocumentField(SealedTextField):
    """The number of somebody's identity document."""

    mask = staticmethod(masks.document)


class SealedHomeField(SealedTextField):
    """Where somebody lives."""

    mask = staticmethod(masks.home)


class SealedEmailField(Sealed, contacts.EmailField):
    """An e-mail address in small letters."""

    mask = staticmethod(masks.email)


class SealedPhoneField(Sealed, contacts.PhoneField):
    """A phone number as E.164. What is none is refused, as the table itself did while it could read it."""

    mask = staticmethod(masks.phone)

    def seal(self, plain: str) -> str:
        """As it is stored. IntegrityError for what is no number."""
        contacts.require_number(plain)
        return super().seal(plain)
