"""文案实验: what is tried, who starts and ends it, and what it has shown by now with its denominators."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget

from core.admin import fields, panels
from core.admin.base import ModelAdmin
from core.admin.lists import Catalogue
from core.admin.scope import Scoped
from core.admin.steps import ConfirmForm, Step, StepForm, Text, WithSteps
from core.errors import DomainError
from people.actors import person_of
from people.rights import Right
from people.rules import has_right
from recruitment.enums import ExperimentSubject, Side
from recruitment.experiments import subjects
from recruitment.experiments.services import figures, running
from recruitment.models import Experiment

STATES = {
    "draft": ("info", _("Draft")),
    "running": ("success", _("Running")),
    "ended": ("default", _("Ended")),
}


class ExperimentForm(forms.ModelForm):
    """What is tried. Words that cannot take the usual ones' place are refused beside them."""

    class Meta:
        model = Experiment
        fields = ["name", "subject", "text_zh", "text_en", "leaves_out", "share"]
        widgets = {
            "text_zh": UnfoldAdminTextareaWidget(attrs={"rows": 12}),
            "text_en": UnfoldAdminTextareaWidget(attrs={"rows": 12}),
        }

    def clean(self) -> dict[str, Any]:
        """Both languages, unless the other side gets nothing."""
        values: dict[str, Any] = super().clean() or {}
        for name in ("text_zh", "text_en"):
            values[name] = (values.get(name) or "").replace("\r\n", "\n").strip()
        if values.get("leaves_out"):
            if values.get("subject") not in ExperimentSubject.left_out:
                self.add_error("leaves_out", _("Everybody is reminded: choose other words instead."))
            return values
        for name, language in (("text_zh", "zh-hans"), ("text_en", "en")):
            try:
                if "subject" in values:
                    subjects.require(values["subject"], language, values[name])
            except DomainError as error:
                self.add_error(name, forms.ValidationError(str(error.message), code=error.code))
        return values


class StartForm(StepForm):
    """Starting; where one side gets nothing, that is said in so many words."""

    without = fields.tick(
        _("Yes, the other side is to get none of it at all."),
        help_text=_("What candidates answer and finish is saved on both sides alike."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.subject is None or not self.subject.leaves_out:
            del self.fields["without"]


def _start(request: HttpRequest, row: Experiment, data: dict[str, Any]) -> Text:
    running.start(experiment_id=row.pk, by=person_of(request), without_is_meant=bool(data.get("without")))
    return gettext("It runs: applications are divided from now on.")


def _end(request: HttpRequest, row: Experiment, _data: dict[str, Any]) -> Text:
    running.end(experiment_id=row.pk, by=person_of(request))
    return gettext("It has ended: everybody reads the usual words again.")


@admin.register(Experiment)
class ExperimentAdmin(Catalogue, Scoped, WithSteps, panels.WithPanels, ModelAdmin):
    """The experiments, the newest first. Nothing is divided while none runs."""

    nothing_yet = _("No experiment yet: everybody reads the same words.")
    form = ExperimentForm
    steps = (
        Step(
            "start",
            _("Start the experiment"),
            _start,
            form=StartForm,
            look="primary",
            offered=lambda row: row.is_draft,
            words=_(
                "From now on applications are divided by chance. Nothing of the experiment can be changed any more; "
                "it can be ended at any time."
            ),
        ),
        Step(
            "end",
            _("End the experiment"),
            _end,
            form=ConfirmForm,
            offered=lambda row: row.is_running,
            words=_("Everybody reads the usual words again. The figures stay, and count on for seven days."),
        ),
    )
    list_display = ["name", "subject", "state_label", "share", "started_at", "ended_at"]
    list_filter = ["subject"]
    search_fields = ["name"]
    fields = [*ExperimentForm.Meta.fields, "seed", "started_at", "started_by", "ended_at"]
    readonly_fields = ["seed", "started_at", "started_by", "ended_at"]
    actions = None

    def has_change_permission(self, request: HttpRequest, obj: Experiment | None = None) -> bool:
        """What was started stands."""
        return super().has_change_permission(request, obj) and (obj is None or obj.is_draft)

    def has_delete_permission(self, request: HttpRequest, obj: Experiment | None = None) -> bool:
        """A draft may go; what was started is what happened."""
        return super().has_delete_permission(request, obj) and obj is not None and obj.is_draft

    def has_step_permission(self, request: HttpRequest) -> bool:
        """The lead's; the service asks again."""
        return has_right(request.user, Right.DECIDE)  # type: ignore[arg-type]

    @display(description=_("state"), label={code: look for code, (look, _words) in STATES.items()})
    def state_label(self, row: Experiment) -> Any:
        """Draft, running, ended."""
        code = "draft" if row.is_draft else "running" if row.is_running else "ended"
        return code, STATES[code][1]


def _drawn(line: figures.Line) -> dict[str, Any]:
    """As the page shows a line: on each side the figure over its denominator, and the difference."""
    many = line.name == "enquiries"
    return {
        "title": line.title,
        "usual": _figure(line.usual, many=many),
        "other": _figure(line.other, many=many),
        "difference": _difference(line, many=many),
        "is_clear": line.is_clear,
    }


def _figure(found: Any, *, many: bool) -> dict[str, str]:
    if not found.count:
        return {"first": "–", "then": ""}
    total = found.total * (figures.MOST_ENQUIRIES if many else 1)
    counts = f"{round(total)} / {found.count}"
    if found.count < figures.LEAST:
        return {"first": counts, "then": gettext("not enough data")}
    return {"first": f"{total / found.count:.2f}" if many else f"{100 * found.mean:.1f} %", "then": counts}


def _difference(line: figures.Line, *, many: bool) -> str:
    if line.low is None or line.high is None:
        return ""
    if many:
        value = (line.other.mean - line.usual.mean) * figures.MOST_ENQUIRIES
        words = {"value": f"{value:+.2f}", "low": f"{line.low:+.2f}", "high": f"{line.high:+.2f}"}
        return gettext("%(value)s (%(low)s to %(high)s)") % words
    value = 100 * (line.other.mean - line.usual.mean)
    words = {"value": f"{value:+.1f}", "low": f"{100 * line.low:+.1f}", "high": f"{100 * line.high:+.1f}"}
    return gettext("%(value)s points (%(low)s to %(high)s)") % words


def _figures(request: HttpRequest, row: Experiment) -> SafeString:
    """Nothing while it is a draft."""
    if row.is_draft:
        return SafeString("")
    found = figures.shown(row)
    context = {
        "found": found,
        "lines": [_drawn(line) for line in found.lines],
        "sides": [
            {"title": label, "noted": found.noted[side], "counted": found.counted[side]}
            for side, label in Side.choices
        ],
        "share": row.share,
        "days": figures.DAYS,
        "least": figures.LEAST,
        "most": figures.MOST_ENQUIRIES,
    }
    return SafeString(render_to_string("recruitment/admin/experiment.html", context, request))


panels.register(Experiment, panels.Panel("figures", _("What it has shown by now"), _figures, order=10))
