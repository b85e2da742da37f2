"""What onboarding announces. The subject is always the case."""

from django.utils.translation import gettext_lazy as _

from core.events import DurableSignal

onboarding_case_opened = DurableSignal(
    "onboarding_case_opened",
    _("Onboarding case opened"),
    "The preparation of a hire begins. Facts: planned_start, forecast, waits_on.",
)
identity_given = DurableSignal(
    "identity_given",
    _("Identity document and address given"),
    "A hire gave them on the own page, or a colleague entered them. Facts: kind, by_person, and same_as (the employee "
    "files in which the same number stands); neither number nor address.",
)
onboarding_step_done = DurableSignal(
    "onboarding_step_done",
    _("Onboarding step done"),
    "A step of the preparation is done. Facts: step, kind, case_state.",
)
onboarding_step_objected = DurableSignal(
    "onboarding_step_objected",
    _("Start not agreed to"),
    "Whoever decides on a start did not agree; it stays to be decided. Facts: step, kind, case_state.",
)
onboarding_step_reopened = DurableSignal(
    "onboarding_step_reopened",
    _("Onboarding step taken back"),
    "A step that was marked as done by mistake has to be done again. Facts: step, kind, case_state.",
)
start_forecast_changed = DurableSignal(
    "start_forecast_changed",
    _("Start forecast moved"),
    "A start is held up, to another day or to one that nobody knows. Facts: planned_start, forecast, was, days, cause, "
    "interview, date_unknown, provisional. The interview is the origin.",
)
start_forecast_restored = DurableSignal(
    "start_forecast_restored",
    _("Start forecast restored"),
    "Nothing holds the start up any more. Facts: planned_start, forecast, was, days (0), provisional.",
)
