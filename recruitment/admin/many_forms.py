"""What steps for a selection share: their forms, a window for each, who is left out, who cannot be told."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Max, Model, Q, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.admin import fields
from core.admin.steps import StepForm, Text
from recruitment.admin import windows
from recruitment.enums import (
    ApplicationStage,
    InterviewKind,
    OpeningState,
)
from recruitment.models import Application, Interview, InterviewPlan, Opening
from recruitment.rounds import busy
from recruitment.rules import recruitable
from recruitment.services import applications, scheduling

_field = Application._meta.get_field


class WindowForm(StepForm):
    """One window for all, or one after the other."""

    opens_at = fields.moment(gettext_lazy("window opens"))
    closes_at = fields.moment(gettext_lazy("window closes"))
    every = fields.number(
        gettext_lazy("minutes to the next window"), min_value=5, max_value=24 * 60, required=False,
        help_text=gettext_lazy("Empty: one window for all. Else each opens and closes so much later than the last."),
    )  # fmt: skip
    together = fields.number(
        gettext_lazy("people in one window"), min_value=1, max_value=500, initial=1, required=False,
        help_text=gettext_lazy("Only where the windows follow each other."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["opens_at"].initial, self.fields["closes_at"].initial = windows.sensible()
        if self.subject is not None and len(self.subject) == 1:
            # Of one alone nothing follows.
            del self.fields["every"], self.fields["together"]

    def clean(self) -> dict[str, Any]:
        """A window that may be, the last one too."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        opens, closes = values.get("opens_at"), values.get("closes_at")
        if opens and closes and self.subject:
            later = _shift(values, len(self.subject) - 1)
            self.require(lambda: scheduling.result_day_of(opens, closes, by=self.person))
            if later and not self.errors:
                self.require(lambda: scheduling.result_day_of(opens + later, closes + later, by=self.person))
        return values

    def warnings(self, values: dict[str, Any]) -> Iterable[Text]:
        """Of the first window and of the last."""
        opens, closes = values["opens_at"], values["closes_at"]
        minutes = _longest_of(self.subject)
        first = list(windows.warnings(opens, closes, minutes=minutes))
        yield from first
        later = _shift(values, len(self.subject) - 1)
        if later:
            last = windows.warnings(opens + later, closes + later, minutes=minutes)
            yield from (
                _("The last window: %(warning)s") % {"warning": one} for one in last if one not in first
            )


class ScheduleForm(WindowForm):
    """Whose interview it is, besides the windows; each is the candidate's next round."""

    kind = fields.choice(gettext_lazy("held by"), InterviewKind.choices, initial=InterviewKind.ROOM)

    def warnings(self, values: dict[str, Any]) -> Iterable[Text]:
        """Of the windows, and where people meet the candidates, what stands against the times."""
        yield from super().warnings(values)
        if values["kind"] == InterviewKind.PEOPLE:
            own = windows_of(values, self.subject)
            yield from busy.meant_for(values["opens_at"], values["closes_at"], self.subject, own=own)


class ReasonForm(StepForm):
    """Why, for all of them."""

    reason = fields.words(gettext_lazy("reason"), max_length=applications.LONGEST_REASON)


class SomeReasonForm(StepForm):
    """Why, where there is something to say."""

    reason = fields.words(gettext_lazy("reason"), required=False, max_length=applications.LONGEST_REASON)


class OpeningForm(StepForm):
    """For which opening."""

    opening = fields.row(
        gettext_lazy("opening"), _field("opening"), Opening.objects.filter(state=OpeningState.OPEN)
    )


def _longest_of(rows: Sequence[Any]) -> int:
    """How many minutes the longest of these candidates' plans takes; two queries."""
    plans = {_opening_of(row).interview_plan_id for row in rows}
    known = InterviewPlan.objects.filter(pk__in=plans, versions__published_at__isnull=False)
    newest = known.annotate(last=Max("versions__number")).values_list("pk", "last")
    asked = Q(pk__in=[])
    for plan, number in newest:
        asked |= Q(pk=plan, versions__number=number)
    taken = InterviewPlan.objects.filter(asked).annotate(minutes=Sum("versions__stages__minutes"))
    return max((row.minutes or 0 for row in taken), default=0)


def _opening_of(row: Any) -> Opening:
    opening: Opening = row.opening if isinstance(row, Application) else row.application.opening
    return opening


def _shift(values: Mapping[str, Any], place: int) -> timedelta:
    """How much later than the first this place's window is."""
    if not values.get("every"):
        return timedelta()
    return timedelta(minutes=values["every"]) * (place // (values.get("together") or 1))


def windows_of(values: dict[str, Any], rows: Sequence[Any]) -> dict[int, dict[str, Any]]:
    """Each one's own window."""
    return {
        row.pk: {
            "opens_at": values["opens_at"] + _shift(values, place),
            "closes_at": values["closes_at"] + _shift(values, place),
        }
        for place, row in enumerate(rows)
    }


def rounds_of(values: dict[str, Any], rows: Sequence[Any]) -> dict[int, dict[str, Any]]:
    """Each one's own window and next round."""
    last = dict(
        Interview.objects.filter(application__in=[row.pk for row in rows])
        .order_by()
        .values_list("application")
        .annotate(last=Max("round"))
    )
    own = windows_of(values, rows)
    return {pk: {**each, "round": last.get(pk, 0) + 1} for pk, each in own.items()}


def times(values: Mapping[str, Any]) -> tuple[datetime, datetime]:
    """The window as it was kept."""
    return datetime.fromisoformat(values["opens_at"]), datetime.fromisoformat(values["closes_at"])


def not_theirs(person: Any, model: type[Model], rows: Sequence[Any]) -> dict[int, Text]:
    theirs = recruitable(person, model, [row.pk for row in rows])
    why = _("Only recruiting specialists of this department may do this.")
    return {row.pk: why for row in rows if row.pk not in theirs}


def from_stages(*stages: str) -> Callable[[Any, Sequence[Any]], dict[int, Text]]:
    """Applications that stand anywhere else are left out."""

    def left_out(person: Any, rows: Sequence[Any]) -> dict[int, Text]:
        found = {
            row.pk: _("It stands at “%(stage)s”.") % {"stage": ApplicationStage(row.stage).label}
            for row in rows
            if row.stage not in stages
        }
        return {**not_theirs(person, Application, rows), **found}

    return left_out
