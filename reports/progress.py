"""How far an opening is: applications by stage, interviews by state, and the pass rate of all its attempts."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count
from django.utils import timezone

from core.figures import Rate
from recruitment.enums import ApplicationStage, InterviewKind, InterviewState
from recruitment.models import Interview, Opening
from reports.passing import pass_rate


@dataclass(frozen=True, slots=True)
class Progress:
    """One opening as of now. Every stage and state is listed, also where nobody stands."""

    opening: Opening
    as_of: datetime
    applications: int
    stages: dict[ApplicationStage, int]
    interviews: dict[InterviewState, int]
    pass_rate: Rate

    @property
    def hired(self) -> int:
        """How many have accepted the offer."""
        return self.stages[ApplicationStage.HIRED]


def progress(opening: Opening) -> Progress:
    """The opening's progress; the effective states of interviews, the pass rate over every attempt. Five queries.

    What people hold has no full report and is no part of the pass rate.
    """
    stages = dict(opening.applications.order_by().values_list("stage").annotate(count=Count("pk")))
    rows = list(
        Interview.objects.with_live_state()
        .filter(application__opening=opening)
        .values_list("pk", "attempt", "live_state", "kind")
    )
    states = Counter(state for _pk, _attempt, state, _kind in rows)
    cohort = {
        (pk, number)
        for pk, attempt, _state, kind in rows
        if kind != InterviewKind.PEOPLE
        for number in range(1, attempt + 1)
    }
    return Progress(
        opening=opening,
        as_of=timezone.now(),
        applications=sum(stages.values()),
        stages={stage: stages.get(stage, 0) for stage in ApplicationStage},
        interviews={state: states.get(state, 0) for state in InterviewState},
        pass_rate=pass_rate(cohort),
    )
