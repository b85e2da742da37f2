"""What events, receivers, rows and effects are called on screen: each by the words that its own app declared."""

from collections.abc import Mapping
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from core.events.labels import names_of
from core.events.signal import DurableSignal
from core.language import label_of

_actors: dict[str, str | Promise] = {}


def name_actors(names: Mapping[str, str | Promise]) -> None:
    """Take these words for those who act without an account: what stands in `Event.by`, and how it reads."""
    _actors.update(names)


def event_name(kind: str) -> str:
    """What happened; a kind that nobody declares any more reads as it is named."""
    signal = DurableSignal.registry.get(kind)
    return str(signal.title) if signal else kind.replace("_", " ")


def receiver_name(name: str) -> str:
    """Whose work it is; a receiver without a title reads as its app and what it does."""
    for signal in DurableSignal.registry.values():
        if name in signal.durable:
            title = getattr(signal.durable[name], "title", "")
            if title:
                return str(title)
    label, _dot, verb = name.partition(".")
    house = apps.get_app_config(label).verbose_name if apps.is_installed(label) else label
    return f"{house} · {verb.replace('_', ' ')}" if verb else name


def actor_name(label: str) -> str:
    """Who acted: a party without an account in words, a colleague by name."""
    return str(_actors.get(label, label))


def row_name(model_label: str, pk: int) -> str:
    """Which row: its kind and number."""
    return f"{names_of([model_label])[model_label]} {pk}"


def effect_words(effect: dict[str, Any]) -> str:
    """An effect's sentence: its label translated, its codes shown as the row's own choices show them."""
    params = {name: _shown(effect["type"], name, value) for name, value in effect.get("params", {}).items()}
    try:
        return _(effect["label"]) % params
    except (KeyError, TypeError, ValueError):
        return str(effect["label"])


def _shown(model_label: str, name: str, value: Any) -> Any:
    """A name in the reader's language; a choice's label, when the row has a field of that name with choices; else the
    value."""
    if isinstance(value, Mapping):
        return label_of(value)
    try:
        field = apps.get_model(model_label)._meta.get_field(name)
    except (LookupError, ValueError, FieldDoesNotExist):
        return value
    return dict(getattr(field, "flatchoices", None) or ()).get(value, value)
