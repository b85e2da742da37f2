"""`applications/`: a candidate's run across recruitment, onboarding and training."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, cast

import django_filters
from django.db.models import Max, Q, QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

import onboarding.queries
import training.queries
from core import seen
from core.api.base import IntervalSerializer, ReadOnlyViewSet, RowSerializer, WordedSerializer, row_id
from core.api.filters import IdFilter, ListFilter, Sought
from core.events.labels import labels_of
from core.events.models import Event
from core.events.naming import event_name
from core.figures import Basis
from hrsuite.api import application_steps
from hrsuite.api.chain import SubjectSerializer, subject_of
from onboarding.models import OnboardingCase, OnboardingDelay
from people.actors import person_of
from people.permissions import IsHR
from recruitment import queries
from recruitment.enums import ApplicationStage, InterviewState
from recruitment.models import Application, Assessment, Candidate, Interview
from recruitment.standing import strongest
from training.models import TrainingPlan

APPLICATION, INTERVIEW = Application._meta.label_lower, Interview._meta.label_lower


@dataclass(frozen=True, slots=True)
class Beyond:
    """What other floors know of some applications, each by the application's id."""

    cases: dict[int, int] = field(default_factory=dict)
    plans: dict[int, int] = field(default_factory=dict)
    starts: dict[int, date | None] = field(default_factory=dict)
    changes: dict[int, datetime] = field(default_factory=dict)


def beyond(applications: Iterable[Application]) -> Beyond:
    """Read all of it for these applications, in five queries."""
    rows = list(applications)
    ids = [row.pk for row in rows]
    unknown = OnboardingDelay.objects.active().filter(case__application__in=ids, date_unknown=True)
    starts: dict[int, date | None] = dict(onboarding.queries.forecasts(application_ids=ids))
    starts |= dict.fromkeys(unknown.values_list("case__application", flat=True))
    return Beyond(
        cases=onboarding.queries.case_ids(application_ids=ids),
        plans=training.queries.plan_ids(application_ids=ids),
        starts=starts,
        changes=_last_events(rows),
    )


def _last_events(applications: list[Application]) -> dict[int, datetime]:
    """When something last happened to each application or to one of its interviews."""
    of_interview = {interview.pk: row.pk for row in applications for interview in row.interviews.all()}
    about = Q(origin_type=APPLICATION, origin_id__in=[row.pk for row in applications])
    about |= Q(origin_type=INTERVIEW, origin_id__in=list(of_interview))
    found: dict[int, datetime] = {}
    last = (
        Event.objects.filter(about)
        .order_by()
        .values_list("origin_type", "origin_id")
        .annotate(last=Max("at"))
    )
    for origin_type, origin_id, at in last:
        application_id = origin_id if origin_type == APPLICATION else of_interview[origin_id]
        found[application_id] = max(at, found.get(application_id, at))
    return found


def current_assessments(interview: Interview) -> list[Assessment]:
    """The current reports of an interview that was read with its application."""
    return list(interview.current_assessments)  # type: ignore[attr-defined]


class BeyondListSerializer(serializers.ListSerializer):
    """Reads what other floors know once for the whole page."""

    def to_representation(self, data: Any) -> list[Any]:
        """The page's applications."""
        rows = list(data.all() if hasattr(data, "all") else data)
        cast(ApplicationSerializer, self.child).beyond = beyond(rows)
        return [self.child.to_representation(row) for row in rows] if self.child else []


class ApplicationScoreSerializer(IntervalSerializer):
    """The strongest current score: full before partial before fallback; only a full one is a result."""

    basis = serializers.ChoiceField(choices=Basis.choices, read_only=True)


class ApplicationSerializer(RowSerializer):
    """A candidate's run at one opening, with what onboarding and training made of it.

    `expected_start` is the forecast of the onboarding case, else the planned start; null when none is planned, when
    nobody knows any more because the interview it waits on was given up, when the application was rejected or
    withdrawn, and when its interview was called off and no other is planned.
    """

    words = {
        "candidate": "The candidate's name.",
        "candidate_id": "The candidate's id: the same person at every opening.",
        "opening": "The opening's id.",
        "opening_title": "The position.",
        "stage": "Where it stands.",
        "score": "The strongest current score of all its interviews; null while there is none.",
        "version": "What a step on it names: another one once anything of the application has changed.",
        "promised_by": "The day by which the candidate was promised an answer; null when nothing is promised.",
    }
    candidate_id = serializers.IntegerField(read_only=True)
    candidate = serializers.CharField(source="candidate.name", read_only=True)
    opening_title = serializers.CharField(source="opening.title", read_only=True)
    score = serializers.SerializerMethodField()
    in_second_round = serializers.SerializerMethodField()
    expected_start = serializers.SerializerMethodField()
    last_change = serializers.SerializerMethodField()
    interviews = serializers.SerializerMethodField()
    onboarding_case = serializers.SerializerMethodField()
    training_plan = serializers.SerializerMethodField()
    version = serializers.SerializerMethodField()

    beyond = Beyond()

    class Meta:
        model = Application
        list_serializer_class = BeyondListSerializer
        fields = (
            "id", "candidate", "opening", "opening_title", "stage", "score", "in_second_round", "promised_by",
            "expected_start", "last_change", "interviews", "onboarding_case", "training_plan", "candidate_id",
            "version", "created_at", "updated_at",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(ApplicationScoreSerializer(allow_null=True))
    def get_score(self, application: Application) -> dict[str, Any] | None:
        """The strongest current score of all its interviews; null while there is none."""
        best = strongest(
            report for interview in application.interviews.all() for report in current_assessments(interview)
        )
        return dict(ApplicationScoreSerializer(best).data) if best else None

    def get_in_second_round(self, application: Application) -> bool:
        """Whether it stands in the second round now."""
        return bool(application.stage == ApplicationStage.SECOND_ROUND)

    def get_expected_start(self, application: Application) -> date | None:
        """The first day that is reckoned with now; null when there is none."""
        interviews = application.interviews.all()
        if application.stage in ApplicationStage.called_off or queries.is_called_off(application, interviews):
            return None
        return self.beyond.starts.get(application.pk, application.planned_start)

    def get_last_change(self, application: Application) -> datetime:
        """When something last happened to it or to its interviews."""
        field_ = serializers.DateTimeField()
        last = self.beyond.changes.get(application.pk, application.stage_since)
        return cast(datetime, field_.to_representation(max(last, application.stage_since)))

    def get_interviews(self, application: Application) -> list[int]:
        """Its interviews by their ids, round by round."""
        return [interview.pk for interview in application.interviews.all()]

    def get_onboarding_case(self, application: Application) -> int | None:
        """The onboarding case's id; null while no start is planned."""
        return self.beyond.cases.get(application.pk)

    def get_training_plan(self, application: Application) -> int | None:
        """The training plan's id; null while there is none."""
        return self.beyond.plans.get(application.pk)

    def get_version(self, application: Application) -> str:
        """A short name for the row as it stands."""
        return seen.version_of(application)


class MomentSerializer(WordedSerializer):
    """One thing that happened, to the application or to what hangs on it."""

    words = {
        "event": "What happened, by its short name.",
        "label": "The same in words.",
        "at": "When.",
        "by": "Who or what did it.",
        "subject": "What it happened to.",
        "caused_by": "The event that set it off, by its id; null for the first ones.",
    }

    id = serializers.IntegerField(read_only=True)
    event = serializers.CharField(read_only=True)
    label = serializers.CharField(read_only=True)  # type: ignore[assignment]
    at = serializers.DateTimeField(read_only=True)
    by = serializers.CharField(read_only=True)
    subject = SubjectSerializer(read_only=True)
    caused_by = serializers.IntegerField(read_only=True, allow_null=True)


class ApplicationFilter(ListFilter):
    """`?stage=`, `?opening=`, `?department=`, `?interview_state=` (the effective one); never sorted by score."""

    sought = Sought(Candidate, "candidate")
    sorts = ("promised_by", "stage_since", "planned_start", ("candidate", "candidate__name_key"))
    times = ("stage_since",)
    days = ("planned_start", "promised_by")
    changes = (
        (Interview, "application"),
        (Assessment, "interview__application"),
        (OnboardingCase, "application"),
        (OnboardingDelay, "case__application"),
        (TrainingPlan, "application"),
    )
    stage = django_filters.ChoiceFilter(choices=ApplicationStage.choices, label="Only those in this stage.")
    opening = IdFilter(field_name="opening", label="Of this opening.")
    department = IdFilter(field_name="opening__department", label="Of this department.")
    interview_state = django_filters.ChoiceFilter(
        choices=InterviewState.choices,
        method="by_interview_state",
        label="Only those with an interview in this effective state.",
    )

    class Meta:
        model = Application
        fields: tuple[str, ...] = ()

    def by_interview_state(
        self, applications: "QuerySet[Application]", _name: str, state: str
    ) -> "QuerySet[Application]":
        """Those with an interview in this effective state."""
        return queries.with_interview_in(applications, state, person_of(self.request))


class ApplicationViewSet(ReadOnlyViewSet):
    """Applications, newest first: HR sees all, a manager those of the own department tree."""

    queryset = Application.objects.none()
    serializer_class = ApplicationSerializer
    filterset_class = ApplicationFilter

    def get_queryset(self) -> "QuerySet[Application]":
        """What this person may see."""
        return queries.applications_for(person_of(self.request))

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One application."""
        return Response(self.get_serializer([self.get_object()], many=True).data[0])

    @extend_schema(responses=MomentSerializer(many=True))
    @action(detail=True, filterset_class=None, pagination_class=None)
    def timeline(self, request: Request, pk: str) -> Response:
        """What happened to it, its interviews, its onboarding case and its training plan, in order."""
        events = _events_of(self.get_object())
        labels = labels_of({(event.subject_type, event.subject_id) for event in events})
        moments = [
            {
                "id": event.pk,
                "event": event.kind,
                "label": event_name(event.kind),
                "at": event.at,
                "by": event.by,
                "subject": subject_of(event, labels),
                "caused_by": event.caused_by_id,
            }
            for event in events
        ]
        return Response(MomentSerializer(moments, many=True).data)

    @extend_schema(
        request=application_steps.StepOfApplicationSerializer,
        responses={200: ApplicationSerializer, 409: application_steps.RefusedStepSerializer},
        parameters=[application_steps.STEP],
    )
    @action(
        detail=True, methods=["post"], permission_classes=[IsHR], filterset_class=None, pagination_class=None,
        url_path=r"steps/(?P<step>[^/]+)",
    )  # fmt: skip
    def step(self, request: Request, pk: str, step: str) -> Response:
        """Take a step: screen, advance, return_to_evaluation, offer, hire, reject, withdraw, fall_through, reopen.

        409 with the present `stage` and `version` when it cannot be taken or was decided on another version; 403
        unless HR of its department; 404 `step_unknown`; 422 `reason_missing`, `no_vacancy`.
        """
        application_steps.take(row_id(pk), step, request.data, by=person_of(request))
        return self.retrieve(request)


def _events_of(application: Application) -> list[Event]:
    known = beyond([application])
    origins = Q(origin_type=APPLICATION, origin_id=application.pk)
    origins |= Q(
        origin_type=INTERVIEW, origin_id__in=[interview.pk for interview in application.interviews.all()]
    )
    for model, found in ((OnboardingCase, known.cases), (TrainingPlan, known.plans)):
        origins |= Q(origin_type=model._meta.label_lower, origin_id__in=list(found.values()))
    return list(Event.objects.filter(origins).order_by("id"))
