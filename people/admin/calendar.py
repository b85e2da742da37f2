"""The working calendar: years, and the days that differ from the ordinary week."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget

from core.admin.base import ModelAdmin
from core.admin.lists import Catalogue
from core.admin.panels import WithPanels
from core.errors import DomainError
from core.text import listed
from people.actors import person_of
from people.calendar import recounted_year, require_known_year, years_loaded
from people.models import CalendarDay, CalendarYear
from people.services import calendar as service

ENDS = 2  # of a stretch: its first and its last day
LONGEST = 60


def say_provisional(page: admin.ModelAdmin, request: HttpRequest, year: int) -> None:
    """Whoever changed the calendar learns that the figures follow, and where to see how far they are."""
    link = format_html(
        '<a href="{}">{}</a>', reverse("admin:people_calendaryear_change", args=[year]), _("how far it is")
    )
    text = _(
        "What was counted by the calendar of %(year)s is being counted again, and provisional meanwhile:"
    )
    page.message_user(request, format_html("{} {}", text % {"year": year}, link), messages.INFO)


class DatesField(forms.CharField):
    """Dates, parted by commas or line ends: "2027-02-06" or "2027-02-05 2027-02-11" for a stretch."""

    widget = UnfoldAdminTextareaWidget

    def clean(self, value: Any) -> list[date]:
        """Every date named; an entry that is none is refused."""
        found: list[date] = []
        for entry in listed(super().clean(value)):
            found += self._stretch(entry)
        return found

    def _stretch(self, line: str) -> list[date]:
        try:
            ends = [date.fromisoformat(word) for word in line.split()]
        except ValueError as error:
            raise self._refused(line) from error
        first, last = ends[0], ends[-1]
        if len(ends) > ENDS or not 0 <= (last - first).days < LONGEST:
            raise self._refused(line)
        return [first + timedelta(days=number) for number in range((last - first).days + 1)]

    def _refused(self, line: str) -> forms.ValidationError:
        text = _("“%(line)s” is neither a date nor a stretch of dates.")
        return forms.ValidationError(text, code="not_a_date", params={"line": line})


class YearForm(forms.ModelForm):
    """A year typed in from the official notice; left empty, it comes from the calendar package."""

    holidays = DatesField(
        label=_("holidays"),
        required=False,
        help_text=_("One date per line, or the first and the last of a stretch: 2027-10-01 2027-10-07."),
    )
    workdays = DatesField(
        label=_("make-up working days"), required=False, help_text=_("Weekend days that are worked (调休).")
    )

    class Meta:
        model = CalendarYear
        fields = ["year"]

    def days(self) -> dict[date, service.Day] | None:
        """What was typed; None when nothing was, and the package is asked."""
        days = {day: service.Day(is_working=False) for day in self.cleaned_data.get("holidays", [])}
        days |= {day: service.Day(is_working=True) for day in self.cleaned_data.get("workdays", [])}
        return days or None

    def clean(self) -> dict[str, Any]:
        """Refuse a year that is neither typed in nor published, and a date outside it."""
        cleaned = super().clean() or self.cleaned_data
        year, days = cleaned.get("year"), self.days()
        if year and days is None and not service.published_days(year):
            raise forms.ValidationError(
                _("The holidays of this year are not published in the calendar package; type them in."),
                code="calendar_year_unknown",
            )
        if year and days and any(day.year != year for day in days):
            raise forms.ValidationError(
                _("Some dates are not in this year."), code="calendar_day_outside_year"
            )
        return cleaned


@admin.register(CalendarYear)
class CalendarYearAdmin(Catalogue, WithPanels, ModelAdmin):
    """The years with data. Loading one makes provisional figures certain, once they have been counted again."""

    form = YearForm
    list_display = ["year", "source", "loaded_at", "figures"]
    actions = ["load_again"]

    def get_fields(self, request: HttpRequest, obj: CalendarYear | None = None) -> list[str]:
        """A loaded year is read; its days are edited one by one."""
        return ["year", "source", "loaded_at"] if obj else ["year", "holidays", "workdays"]

    def has_change_permission(self, request: HttpRequest, obj: CalendarYear | None = None) -> bool:
        """A year is loaded, not changed."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: CalendarYear | None = None) -> bool:
        """Figures have been counted by it."""
        return False

    def with_details(self, rows: QuerySet[CalendarYear]) -> QuerySet[CalendarYear]:
        """With whether what was counted by the year is being counted again."""
        return rows.annotate(is_recounted=recounted_year("year"))

    @display(description=_("figures counted by it"))
    def figures(self, year: Any) -> str:
        """Certain, or still being counted again."""
        return str(_("being counted again") if year.is_recounted else _("up to date"))

    def save_model(self, request: HttpRequest, obj: CalendarYear, form: YearForm, change: bool) -> None:
        """Load the year, and keep for the page what was written."""
        loaded = service.load_year(year=obj.year, days=form.days(), by=person_of(request))
        obj.loaded_at, obj.source = loaded.loaded_at, loaded.source
        say_provisional(self, request, obj.year)

    @admin.action(description=_("Load again from the calendar package"), permissions=["add"])
    def load_again(self, request: HttpRequest, queryset: QuerySet[CalendarYear]) -> None:
        """Replace the days of the chosen years by the published ones."""
        for year in queryset.order_by("year").values_list("year", flat=True):
            try:
                service.load_year(year=year, by=person_of(request))
            except DomainError as error:
                self.message_user(request, str(error.message), messages.ERROR)
            else:
                self.message_user(request, _("%(year)s was loaded.") % {"year": year}, messages.SUCCESS)
                say_provisional(self, request, year)


class DayForm(forms.ModelForm):
    """One day."""

    class Meta:
        model = CalendarDay
        fields = ["date", "is_working", "note"]

    def clean_date(self) -> date:
        """Only days of a loaded year."""
        day: date = self.cleaned_data["date"]
        try:
            require_known_year(day)
        except DomainError as error:
            raise forms.ValidationError(str(error.message), code=error.code) from error
        return day


class YearFilter(DropdownFilter):
    """The days of one year."""

    title = _("year")
    parameter_name = "year"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The loaded years, the newest first."""
        return [(str(year), str(year)) for year in reversed(years_loaded())]

    def queryset(self, request: HttpRequest, queryset: QuerySet[CalendarDay]) -> QuerySet[CalendarDay]:
        """Those of the chosen year."""
        value = self.value() or ""
        known = {year for year, _label in self.lookup_choices}
        return queryset.filter(date__year=int(value)) if value in known else queryset


@admin.register(CalendarDay)
class CalendarDayAdmin(Catalogue, ModelAdmin):
    """Holidays and worked weekend days. Every change is announced, so that counted figures follow."""

    form = DayForm
    list_display = ["date", "weekday", "is_working", "note"]
    list_filter = [YearFilter, "is_working"]
    list_filter_submit = True
    search_fields = ["note"]
    actions = None

    def get_readonly_fields(self, request: HttpRequest, obj: CalendarDay | None = None) -> list[str]:
        """A day stays the day it is."""
        return ["date"] if obj else []

    @display(description=_("weekday"))
    def weekday(self, day: CalendarDay) -> str:
        """Monday to Sunday."""
        return date_format(day.date, "l")

    def save_model(self, request: HttpRequest, obj: CalendarDay, form: forms.ModelForm, change: bool) -> None:
        """Through the service, which announces it."""
        service.set_day(day=obj.date, is_working=obj.is_working, note=obj.note, by=person_of(request))
        say_provisional(self, request, obj.date.year)

    def delete_model(self, request: HttpRequest, obj: CalendarDay) -> None:
        """Through the service: the day is an ordinary one again."""
        service.clear_day(day=obj.date, by=person_of(request))
        say_provisional(self, request, obj.date.year)
