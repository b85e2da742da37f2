"""The steps of rounds as pages and buttons: planned from an application, changed on the interview."""

from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta
from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.admin import fields
from core.admin.steps import Step, StepForm, Text, offer
from messaging import quiet
from people.actors import person_of
from people.calendar import add_working_days, is_working_day
from people.models import User
from recruitment.enums import INTERVIEW_STEPS, InterviewKind
from recruitment.models import Application, Competency, Interview, Opening, Round
from recruitment.models.slots import ROUNDS_HELD_IN
from recruitment.rounds import busy
from recruitment.rounds.services import planning
from recruitment.telling import and_told

USUALLY_AT = time(10)


class PeopleField(forms.ModelMultipleChoiceField):
    """Colleagues by name and department."""

    def label_from_instance(self, obj: Any) -> str:
        """Two of one name are told apart."""
        return f"{obj.name} · {obj.department}" if obj.department else str(obj)


class WhoAndWhere(forms.Form):
    """By whom and where a round is held."""

    interviewers = PeopleField(
        label=_("interviewers"),
        queryset=User.objects.none(),
        widget=fields.looked_up(Opening._meta.get_field("interviewers")),
        help_text=_("Each of them gets a scorecard."),
    )
    room = forms.CharField(
        label=_("room"),
        required=False,
        max_length=planning.LONGEST_ROOM,
        widget=forms.TextInput(attrs={"class": fields.CLASSES}),
    )
    meeting_link = forms.CharField(
        label=_("meeting link"),
        required=False,
        max_length=500,
        widget=forms.URLInput(attrs={"class": fields.CLASSES, "placeholder": "https://"}),
        help_text=_("A room, a link, or both."),
    )

    def call_colleagues(self) -> None:
        """Who may hold a round is asked anew for each form."""
        colleagues = User.objects.filter(planning.colleagues()).select_related("department")
        self.fields["interviewers"].queryset = colleagues  # type: ignore[attr-defined]
        if isinstance(subject := getattr(self, "subject", None), Application):
            proposed = colleagues.filter(pk__in=subject.opening.interviewers.values("pk"))
            self.fields["interviewers"].initial = list(proposed.values_list("pk", flat=True))


class PlaceForm(WhoAndWhere, StepForm):
    """When, where and by whom a round is held."""

    opens_at = fields.moment(_("begins"))
    closes_at = fields.moment(_("ends"))
    field_order: ClassVar[list[str]] = ["opens_at", "closes_at"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.call_colleagues()

    def warnings(self, values: dict[str, Any]) -> Iterable[Text]:
        """Of the time: days off, the night, what is longer than anybody talks, and who is busy elsewhere."""
        opens, closes = values["opens_at"], values["closes_at"]
        yield from slot_warnings(opens, closes)
        yield from busy.warnings(opens, closes, [one.pk for one in values["interviewers"]])


def slot_warnings(opens: datetime, closes: datetime) -> Iterator[Text]:
    """What is unusual about a time to meet; one that cannot be is left to the service."""
    if closes <= opens or closes <= timezone.now():
        return
    begin, end = timezone.localtime(opens), timezone.localtime(closes)
    if not is_working_day(begin.date()):
        yield _("%(day)s is a day off.") % {"day": begin.date().isoformat()}
    if begin.time() < quiet.END or end.time() > quiet.BEGIN or begin.date() != end.date():
        yield _("The time lies in the quiet hours, between %(evening)s and %(morning)s.") % {
            "evening": quiet.BEGIN.strftime("%H:%M"),
            "morning": quiet.END.strftime("%H:%M"),
        }
    if closes - opens > busy.LONGEST_USUAL:
        yield _("The round lasts longer than three hours.")


def usual_begin() -> datetime:
    """When a round begins that nobody has set a time for: in the morning of the next working day."""
    return timezone.make_aware(datetime.combine(add_working_days(timezone.localdate(), 1).date, USUALLY_AT))


class PlanForm(PlaceForm):
    """A new round, and what its cards ask for."""

    competencies = forms.ModelMultipleChoiceField(
        label=_("competencies"),
        queryset=Competency.objects.all(),
        widget=fields.ticks(),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        begins = usual_begin()
        self.fields["opens_at"].initial, self.fields["closes_at"].initial = (
            begins,
            begins + timedelta(hours=1),
        )
        if self.subject is not None:
            self.fields["competencies"].initial = planning.planned_competencies(self.subject)


class ArrangeForm(PlaceForm):
    """A round as it stands, to be changed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = Round.objects.filter(interview=self.subject).first()
        if held is None:
            return
        called = held.cards.filter(is_called=True).values_list("interviewer", flat=True)
        self.fields["opens_at"].initial = self.subject.window_opens_at
        self.fields["closes_at"].initial = self.subject.window_closes_at
        self.fields["interviewers"].initial = list(called)
        self.fields["room"].initial, self.fields["meeting_link"].initial = held.room, held.meeting_link


def _plan(request: HttpRequest, application: Application, data: dict[str, Any]) -> Text:
    planning.plan(
        application_id=application.pk,
        **{**data, "interviewers": [one.pk for one in data["interviewers"]]}
        | {"competencies": [one.pk for one in data["competencies"]]},
        by=person_of(request),
    )
    return and_told(_("The round is planned; its interviewers are told."), application.candidate)


def _arrange(request: HttpRequest, interview: Interview, data: dict[str, Any]) -> Text:
    planning.arrange(
        interview_id=interview.pk,
        **{**data, "interviewers": [one.pk for one in data["interviewers"]]},
        by=person_of(request),
    )
    return and_told(_("The round is arranged as you said."), interview.application.candidate)


def _has_round(interview: Interview) -> bool:
    if interview.kind != InterviewKind.PEOPLE:
        return False
    movable = INTERVIEW_STEPS.sources("reschedule")
    return interview.state in movable and Round.objects.filter(interview=interview.pk).exists()


PLAN = Step(
    "plan-round",
    _("Plan a round"),
    _plan,
    form=PlanForm,
    look="primary",
    offered=lambda application: application.stage in ROUNDS_HELD_IN,
    words=_(
        "Candidate and interviewers are told at once, with a calendar file by e-mail, and reminded the day before and "
        "an hour before. Nobody and no room is booked twice."
    ),
)
ARRANGE = Step(
    "arrange",
    _("Change round"),
    _arrange,
    form=ArrangeForm,
    look="primary",
    offered=_has_round,
    words=_(
        "Time, place and interviewers. Whoever is concerned is told, with a new calendar file; whoever is replaced "
        "hears that they need not come."
    ),
)
offer(Application, PLAN)
offer(Interview, ARRANGE)
