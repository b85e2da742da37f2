"""Templates of letters: their texts with the variables beside them, a preview in both languages, and their versions."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget

from core.admin import panels
from core.admin.base import ModelAdmin
from core.admin.lists import Catalogue
from core.admin.panels import WithPanels
from core.admin.steps import ConfirmForm, Step, Text, WithSteps
from core.errors import Invalid
from people.actors import person_of
from recruitment.models import LetterTemplate, LetterVersion
from recruitment.offers import letters, ready, wording
from recruitment.offers.services import letter_templates

MOST_VERSIONS = 20
LANGUAGES = (("zh-hans", _("Chinese")), ("en", _("English")))


class LetterTemplateForm(forms.ModelForm):
    """The texts; what is no letter is refused beside the text, with what is wrong."""

    class Meta:
        model = LetterTemplate
        fields = ["name", "is_in_use", "title", "body", "title_en", "body_en"]
        widgets = {name: UnfoldAdminTextareaWidget(attrs={"rows": 14}) for name in ("body", "body_en")}

    def clean(self) -> Any:
        """Each text as `wording` wants it."""
        cleaned = super().clean()
        for name in letter_templates.TEXTS:
            if name not in self.cleaned_data:
                continue
            require = wording.require_body if name.startswith("body") else wording.require_title
            try:
                require(self.cleaned_data[name])
            except Invalid as error:
                self.add_error(name, forms.ValidationError(str(error.message), code=error.code))
        return cleaned


def _publish(request: HttpRequest, row: LetterTemplate, _data: dict[str, Any]) -> Text:
    version = letter_templates.publish(template_id=row.pk, by=person_of(request))
    return gettext("Version %(number)s is published: offers drafted from now on are made in these words.") % {
        "number": version.number
    }


def _is_published(row: Any) -> bool:
    # As the list and the page read it, with the newest version's texts.
    return all(getattr(row, name) == getattr(row, f"last_{name}") for name in letter_templates.TEXTS)


@admin.register(LetterTemplate)
class LetterTemplateAdmin(Catalogue, WithSteps, WithPanels, ModelAdmin):
    """The templates; a new one begins as the ready-made letter."""

    form = LetterTemplateForm
    nothing_yet = _(
        "No template yet: the first offer takes the ready-made letter. Add one to write your own."
    )
    list_display = ["name", "is_in_use", "published_number", "is_published"]
    search_fields = ["name"]
    fields = ["name", "is_in_use", "title", "body", "title_en", "body_en"]
    steps = (
        Step(
            "publish",
            _("Publish"),
            _publish,
            form=ConfirmForm,
            look="primary",
            offered=lambda row: not _is_published(row),
            words=_(
                "A published version never changes. Offers that are drafted already keep the version that they were "
                "drafted with."
            ),
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[LetterTemplate]:
        """With the newest version's number and texts."""
        newest = LetterVersion.objects.filter(template=OuterRef("pk")).order_by("-number")
        texts = {f"last_{name}": Subquery(newest.values(name)[:1]) for name in letter_templates.TEXTS}
        return super().get_queryset(request).annotate(newest=Subquery(newest.values("number")[:1]), **texts)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """The ready-made letter, to be changed."""
        texts = {
            "title": ready.TITLE,
            "body": ready.BODY,
            "title_en": ready.TITLE_EN,
            "body_en": ready.BODY_EN,
        }
        return {**texts, **super().get_changeform_initial_data(request)}

    def has_delete_permission(self, request: HttpRequest, obj: LetterTemplate | None = None) -> bool:
        """Not what offers were made with: it is taken out of use."""
        return obj is not None and not obj.versions.exists() and super().has_delete_permission(request, obj)

    @display(description=_("version"), empty_value="–")
    def published_number(self, row: Any) -> int | None:
        """The version that a new offer takes."""
        number: int | None = row.newest
        return number

    @display(description=_("published"), boolean=True)
    def is_published(self, row: Any) -> bool:
        """Whether what it says is published as it stands."""
        return _is_published(row)


@dataclass(frozen=True, slots=True)
class Preview:
    """The letter in one language, as a candidate would read it."""

    language: str
    code: str
    title: str
    paragraphs: list[str | None]
    terms: list[tuple[str, str]]


def previews(template: LetterTemplate) -> Iterator[Preview]:
    """Both languages, with somebody made up."""
    for code, language in LANGUAGES:
        with translation.override(code):
            values = letters.sample_values()
            title, paragraphs = letters.words_of(template, values)
            yield Preview(str(language), code, title, paragraphs, letters.sample_terms(values))


def _preview(request: HttpRequest, template: LetterTemplate) -> SafeString:
    context = {"previews": list(previews(template))}
    return SafeString(render_to_string("recruitment/admin/letter_preview.html", context, request))


def _variables(request: HttpRequest, template: LetterTemplate) -> SafeString:
    context = {"variables": wording.VARIABLES}
    return SafeString(render_to_string("recruitment/admin/letter_variables.html", context, request))


def _versions(request: HttpRequest, template: LetterTemplate) -> SafeString:
    rows = template.versions.select_related("published_by").order_by("-number")[:MOST_VERSIONS]
    return SafeString(render_to_string("recruitment/admin/letter_versions.html", {"versions": rows}, request))


panels.register(LetterTemplate, panels.Panel("variables", _("Variables"), _variables, order=10))
panels.register(
    LetterTemplate, panels.Panel("preview", _("Preview of what was saved last"), _preview, order=20)
)
panels.register(LetterTemplate, panels.Panel("versions", _("Versions"), _versions, order=30))
