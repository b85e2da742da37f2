"""Lists that people type: any comma or line end parts two entries, and each entry is shown as a tag."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget

from core.text import listed


def as_typed(value: Iterable[str] | str | None) -> str | None:
    """Entries as one writes them, parted by Chinese commas."""
    if value is None or isinstance(value, str):
        return value
    return "，".join(value)


def tags(entries: Iterable[str]) -> SafeString:
    """Entries that are only read."""
    return format_html(
        '<ul class="hs-tags">{}</ul>', format_html_join("", "<li>{}</li>", ((one,) for one in entries))
    )


class TagsWidget(UnfoldAdminTextareaWidget):
    """A box to type into; the entries as they will be kept stand below it."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"rows": 2, "data-tags": _("Remove"), **(attrs or {})})

    def format_value(self, value: Any) -> str | None:
        """The entries, parted as one writes them here; what somebody just typed stays as it is."""
        return as_typed(value)

    class Media:
        js = ("core/tags.js",)


class TagsField(forms.CharField):
    """A list of short texts. `entry_missing`: nothing but commas; `entry_too_long`: one is no short text."""

    widget = TagsWidget
    default_error_messages = {
        "entry_missing": _("Name at least one wording."),
        "entry_too_long": _("“%(entry)s…” is longer than %(limit)s characters: part the entries by commas."),
    }

    def __init__(self, *, longest_entry: int, **options: Any) -> None:
        super().__init__(**options)
        self.longest_entry = longest_entry

    def prepare_value(self, value: Any) -> Any:
        """Entries that are stored, or what somebody just typed."""
        return as_typed(value)

    def clean(self, value: Any) -> list[str]:  # type: ignore[override]
        """The entries, each once."""
        entries = listed(super().clean(value))
        if self.required and not entries:
            raise forms.ValidationError(self.error_messages["entry_missing"], code="entry_missing")
        for entry in entries:
            if len(entry) > self.longest_entry:
                raise forms.ValidationError(
                    self.error_messages["entry_too_long"],
                    code="entry_too_long",
                    params={"entry": entry[:20], "limit": self.longest_entry},
                )
        return entries

    def has_changed(self, initial: Iterable[str] | None, data: str | None) -> bool:  # type: ignore[override]
        """Whether the entries differ, however they are parted."""
        return list(initial or []) != listed(data or "")
