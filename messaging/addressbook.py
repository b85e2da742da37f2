"""Who can be written to: an entry for each row of a registered model, read when it is needed and kept nowhere.

A colleague and an employee without an account are known here; a floor above registers whoever else has an address.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model

from messaging.enums import ChannelName
from messaging.refs import Ref, ref
from people.models import Employee, User

DEFAULT_LANGUAGE = "zh-hans"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """Somebody as they are reached now. `is_open`: false for a colleague whose account is closed. `time_zone`: where
    they read, empty while nobody knows. `phone`: where a person may call, empty where no number is on file.
    """

    ref: Ref
    name: str = field(repr=False)
    language: str = DEFAULT_LANGUAGE
    addresses: Mapping[str, str] = field(default_factory=dict, repr=False)
    is_open: bool = True
    time_zone: str = ""
    phone: str = field(default="", repr=False)

    @property
    def user_id(self) -> int | None:
        """The account, None for somebody without one."""
        return self.ref.id if self.ref.type == USER else None


Read = Callable[[Any], Entry]
USER = User._meta.label_lower
_books: dict[str, tuple[type[Model], Read]] = {}


def register(model: type[Model], read: Read) -> None:
    """Let messages be sent to the rows of `model`; `read` makes the entry of one."""
    _books[model._meta.label_lower] = (model, read)


def models() -> list[type[Model]]:
    """Whose rows can be written to."""
    return [model for model, _read in _books.values()]


def entry_of(row: Model) -> Entry:
    """The entry of a row. Raises LookupError for a model that is in no book."""
    return _book(row._meta.label_lower)[1](row)


def look_up(whom: Ref) -> Entry | None:
    """The entry of the row behind a reference, in one query; None when the row is gone."""
    model, read = _book(whom.type)
    row = model._base_manager.filter(pk=whom.id).first()
    return None if row is None else read(row)


def look_up_all(wanted: Iterable[Ref]) -> dict[Ref, Entry]:
    """The entries of the rows behind these references, in one query for each model. Who is gone is left out."""
    numbers: dict[str, list[int]] = {}
    for whom in wanted:
        numbers.setdefault(whom.type, []).append(whom.id)
    found: dict[Ref, Entry] = {}
    for label, ids in numbers.items():
        model, read = _book(label)
        found |= {Ref(label, row.pk): read(row) for row in model._base_manager.filter(pk__in=ids)}
    return found


def _book(label: str) -> tuple[type[Model], Read]:
    if label not in _books:
        raise LookupError(f"{label} is in no address book")
    return _books[label]


def _colleague(user: User) -> Entry:
    return Entry(
        ref=ref(user),
        name=user.name,
        language=user.language,
        addresses={
            ChannelName.WECOM: user.wecom_userid,
            ChannelName.EMAIL: user.email,
            ChannelName.INBOX: user.username,
        },
        is_open=user.is_active,
        time_zone=user.time_zone,
        phone=user.phone,
    )


def _employee(employee: Employee) -> Entry:
    return Entry(
        ref=ref(employee),
        name=employee.name,
        addresses={ChannelName.WECOM: employee.wecom_userid, ChannelName.EMAIL: employee.email},
        phone=employee.phone,
    )


register(User, _colleague)
register(Employee, _employee)
