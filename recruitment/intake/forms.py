"""The form of the public page."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core import contacts
from core.errors import DomainError
from recruitment.resumes.services import adding


class ApplyForm(forms.Form):
    """Who, how they are reached, the file, and the consent. `trap` is a box that no person sees."""

    name = contacts.NameBox(
        label=_("full name"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    phone = contacts.PhoneBox(
        label=_("phone"), widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"})
    )
    email = contacts.EmailBox(label=_("e-mail"), widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    file = forms.FileField(
        label=_("résumé"),
        help_text=_("PDF or Word (.docx), at most 10 MB and 50 pages."),
        widget=forms.FileInput(attrs={"accept": ".pdf,.docx"}),
    )
    consent = forms.BooleanField(
        label=_("I agree"),
        error_messages={"required": _("Without your consent we may not keep your application.")},
    )
    website = forms.CharField(
        required=False, widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"})
    )

    def clean(self) -> dict[str, Any]:
        """The file, looked at once everything else is right."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not values["website"]:
            try:
                values["file"] = adding.look(values["file"], values["file"].name)
            except DomainError as error:
                self.add_error("file", forms.ValidationError(error.message, code=error.code))
        return values
