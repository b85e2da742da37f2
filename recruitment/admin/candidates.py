"""Candidates and where their applications stand."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.postgres.aggregates import StringAgg
from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.contrib.filters.admin import ChoicesDropdownFilter, DropdownFilter
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget

from core import contacts
from core.admin.base import ModelAdmin
from core.admin.filters import MomentRangeFilter
from core.admin.lists import Lean
from core.admin.many import WithMany
from core.admin.masking import Masked
from core.admin.panels import WithPanels
from core.admin.scope import ReadOnly, Scoped
from core.admin.steps import WithSteps
from core.counts import REACH
from core.history.models import LookKind
from core.joining import comma, remark
from core.sealed import masks
from core.searching import MOST_FOUND, Asked
from people.actors import person_of
from people.names import sort_key
from people.rules import is_hr
from recruitment import colours
from recruitment.admin.importing import WithImport
from recruitment.admin.merging import MERGE
from recruitment.admin.tags import TagFilter
from recruitment.enums import ApplicationStage
from recruitment.models import Application, Candidate, CandidateTag, Resume
from recruitment.resumes.services import looking
from recruitment.services import candidates

# So many people of one name are named, and the box that says that none of them is meant.
NAMESAKES, REALLY = 5, "_really"


class ApplicationInline(ReadOnly, TabularInline):
    """A candidate's applications, read only: each has its own page."""

    model = Application
    fields = readonly_fields = ["to_page", "stage", "stage_since", "promised_by"]
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[Application]:
        """Those that this person may see."""
        return super().get_queryset(request).visible_to(request.user).select_related("opening", "candidate")

    @display(description=_("opening"))
    def to_page(self, application: Application) -> Any:
        """For what, with the way to the application."""
        address = reverse("admin:recruitment_application_change", args=[application.pk])
        return format_html('<a href="{}">{}</a>', address, application.opening)


class StageFilter(DropdownFilter):
    """By where one of the applications stands."""

    title = _("stage")
    parameter_name = "stage"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Every stage."""
        return list(ApplicationStage.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Candidate]) -> QuerySet[Candidate]:
        """Each once, however many applications stand there."""
        if not self.value():
            return queryset
        there = Application.objects.order_by().filter(stage=self.value())
        few = list(there.values_list("candidate", flat=True)[: REACH + 1])
        if len(few) <= REACH:
            return queryset.filter(pk__in=few)
        return queryset.filter(Exists(there.filter(candidate=OuterRef("pk"))))


class CandidateForm(forms.ModelForm):
    """A person, known once: an address or a number that somebody else has leads to that person; a namesake is asked
    about.

    `candidate_known`: the address or number is another candidate's. `candidate_similar`: somebody of this name is there
    already, and nobody said yet that this is another person.
    """

    person: ClassVar[Any] = None

    class Meta:
        model = Candidate
        fields = ["name", "phone", "email", "other_contacts", "language"]
        widgets = {"other_contacts": UnfoldAdminTextareaWidget(attrs={"rows": 2})}

    def clean(self) -> dict[str, Any]:
        """Nobody twice, as far as one can know."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        others = Candidate.objects.exclude(pk=self.instance.pk)
        for field in ("phone", "email"):
            value = values.get(field)
            known = others.filter(**{field: value}).first() if value else None
            if known is not None:
                self.add_error(field, self._known(known))
        if self.instance.pk is None and not self.errors:
            self._ask_about_namesakes(values["name"])
        return values

    def _update_errors(self, errors: forms.ValidationError) -> None:
        """A number that was refused was typed all the same: nobody is asked for one beside it."""
        found = errors.update_error_dict({})
        if {"phone", "email"} & set(self.errors):
            found = {
                field: [error for error in each if error.code != "no_way_to_reach"]
                for field, each in found.items()
            }
        if any(found.values()):
            super()._update_errors(
                forms.ValidationError({field: each for field, each in found.items() if each})
            )  # type: ignore[misc]

    def _known(self, other: Candidate) -> forms.ValidationError:
        if not Candidate.objects.visible_to(self.person).filter(pk=other.pk).exists():
            return forms.ValidationError(_("Another candidate has this already."), code="candidate_known")
        text = format_html(
            "{} <a class='underline' href='{}'>{}</a>",
            _("Another candidate has this already:"),
            reverse("admin:recruitment_candidate_change", args=[other.pk]),
            other.name,
        )
        return forms.ValidationError(text, code="candidate_known")

    def _ask_about_namesakes(self, name: str) -> None:
        seen = Candidate.objects.visible_to(self.person).filter(name_key=sort_key(name)[:120])
        found = list(seen.order_by("-pk")[:NAMESAKES])
        if not found or self.data.get(REALLY) == str(found[0].pk):
            return
        people = format_html_join(
            comma(),
            "<a class='underline' href='{}' target='_blank'>{}{}</a>",
            (
                (
                    reverse("admin:recruitment_candidate_change", args=[each.pk]),
                    each.name,
                    remark(masks.reach(phone_number=each.phone, address=each.email) or "–"),
                )
                for each in found
            ),
        )
        text = format_html(
            "{} {} <label class='hs-theirs'><input type='checkbox' name='{}' value='{}'> {}</label>",
            _("Somebody of this name is a candidate already:"),
            people,
            REALLY,
            found[0].pk,
            _("Yes, really: this is another person"),
        )
        self.add_error(None, forms.ValidationError(text, code="candidate_similar"))


@admin.register(Candidate)
class CandidateAdmin(Masked, Lean, Scoped, WithImport, WithMany, WithSteps, WithPanels, ModelAdmin):
    """Candidates. What they applied for is on the application."""

    looked_at = LookKind.PAGE
    masked = ("phone", "email", "other_contacts")
    steps = (MERGE,)
    list_display = [
        "name",
        "phone_shown",
        "email",
        "application_count",
        "latest_stage",
        "tags_shown",
        "created_at",
    ]
    list_filter = [
        StageFilter,
        TagFilter,
        ("language", ChoicesDropdownFilter),
        ("created_at", MomentRangeFilter),
    ]
    list_filter_submit = True
    search_fields = ["search_key"]
    search_help_text = _("Name, phone, e-mail, or words of the résumé")
    personal = ("phone_shown", "email")
    sortable_by = ["created_at"]
    form = CandidateForm
    fields = ["name", "phone", "email", "other_contacts", "language", "tags_shown", "created_at"]
    readonly_fields = ["tags_shown", "created_at"]
    inlines = [ApplicationInline]

    def with_details(self, rows: QuerySet[Candidate]) -> QuerySet[Candidate]:
        """With the number of applications, where the newest stands, and the tags."""
        theirs = Application.objects.filter(candidate=OuterRef("pk")).order_by("-id")
        counted = theirs.order_by().values("candidate").annotate(number=Count("pk")).values("number")
        words = CandidateTag.objects.order_by().filter(candidate=OuterRef("pk")).values("candidate")
        tags = words.annotate(names=StringAgg("tag_id", comma(), order_by="id"))
        return rows.annotate(
            application_count=Coalesce(Subquery(counted, output_field=IntegerField()), 0),
            newest_stage=Subquery(theirs.values("stage")[:1]),
            tag_names=Subquery(tags.values("names")),
        )

    def get_list_display(self, request: HttpRequest) -> Any:
        """Tags are between people who read for HR."""
        return self._as_read(request, super().get_list_display(request))

    def get_fields(self, request: HttpRequest, obj: Candidate | None = None) -> Any:
        """The same; somebody new has none yet."""
        fields = self._as_read(request, super().get_fields(request, obj))
        return fields if obj else [name for name in fields if name != "tags_shown"]

    def _as_read(self, request: HttpRequest, names: Any) -> list[Any]:
        return [name for name in names if name != "tags_shown" or is_hr(request.user)]

    def found_by(self, request: HttpRequest, asked: Asked, typed: str) -> Q:
        """By name, number or address; where nobody is called so, by what stands in their résumés."""
        found = super().found_by(request, asked, typed)
        if found != Q(pk__in=[]):
            return found
        resumes = looking.holding(Resume.objects.visible_to(request.user).order_by(), typed)
        ids = set(resumes.values_list("candidate", flat=True)[:MOST_FOUND])
        if ids:
            messages.info(request, _("Found by the words of their résumés."), fail_silently=True)
        return Q(pk__in=ids)

    def has_change_permission(self, request: HttpRequest, obj: Candidate | None = None) -> bool:
        """A record that was erased is nobody's, and becomes nobody's else."""
        return (obj is None or obj.erased_at is None) and super().has_change_permission(request, obj)

    def offered_steps(self, record: Candidate, person: Any) -> list[dict[str, Any]]:
        """Nothing is done with it, either."""
        return super().offered_steps(record, person) if record.erased_at is None else []

    def get_inlines(self, request: HttpRequest, obj: Candidate | None = None) -> list[Any]:
        """A new candidate has no application yet."""
        return self.inlines if obj else []

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any) -> Any:
        """The form, which knows whom this person may see."""
        form = super().get_form(request, obj, change=change, **options)
        form.person = request.user
        return form

    def save_model(self, request: HttpRequest, obj: Candidate, form: forms.ModelForm, change: bool) -> None:
        """A correction is announced: the employee file follows."""
        super().save_model(request, obj, form, change)
        if change:
            candidates.announce_corrected(obj, fields=form.changed_data, by=person_of(request))

    @display(description=_("phone"), empty_value="–")
    def phone_shown(self, candidate: Candidate) -> str | None:
        """As it is read."""
        return contacts.shown(candidate.phone) or None

    @display(description=_("applications"))
    def application_count(self, candidate: Any) -> int:
        """How often this person applied."""
        return candidate.application_count

    @display(description=_("latest stage"), label=colours.APPLICATION)
    def latest_stage(self, candidate: Any) -> Any:
        """Where the newest application stands."""
        if candidate.newest_stage is None:
            return None
        return candidate.newest_stage, ApplicationStage(candidate.newest_stage).label

    @display(description=_("tags"), empty_value="–")
    def tags_shown(self, candidate: Any) -> str | None:
        """The words, in the order in which they were put on."""
        return candidate.tag_names or None
