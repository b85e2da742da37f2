"""The live wall: who sits in an interview now, how steady the line is, and who has just been lost.

Reads only. The states are the effective ones: a lease that has run out counts as gone before the sweep has written it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import (
    Case,
    CharField,
    Count,
    DateTimeField,
    Exists,
    F,
    IntegerField,
    JSONField,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, NullIf
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.events.models import Pulse
from core.events.pulse import LONGEST_SILENCE
from core.language import is_english
from people.models import User
from recruitment.enums import ExitCause, FollowUpKind, FollowUpState, InterviewKind, InterviewState
from recruitment.models import (
    Checkpoint,
    Chunk,
    FollowUp,
    Interview,
    InterviewExit,
    RoomEntry,
    Segment,
    Stage,
)
from recruitment.models.interviews import ROOM_PULSE
from recruitment.recordings.admin import devices

# Who broke off earlier is in the follow-up queue; the wall is about now.
RECENTLY = timedelta(hours=3)
# One heartbeat may be late; after a second one is missing the line is not steady.
UNSTEADY_AFTER = timedelta(seconds=15)
MOST_ROWS = 200
MINUTE, HOUR = 60, 3600
_RUNNING = Q(live_state=InterviewState.IN_PROGRESS)


@dataclass(frozen=True, slots=True)
class Connection:
    """What the lease says of the line: its name for styles, and its words."""

    name: str
    words: str | Promise


LIVE = Connection("live", gettext_lazy("Connected"))
UNSTEADY = Connection("unsteady", gettext_lazy("Unsteady"))
HIDDEN = Connection("hidden", gettext_lazy("Page in the background"))
LEAVING = Connection("leaving", gettext_lazy("Page just closed"))
GONE = Connection("gone", gettext_lazy("Gone"))
AT_VENDOR = Connection("elsewhere", gettext_lazy("At the vendor"))
WITH_PEOPLE = Connection("elsewhere", gettext_lazy("With interviewers"))


@dataclass(frozen=True, slots=True)
class Row:
    """One interview on the wall."""

    interview: Any
    connection: Connection
    silent_seconds: int | None
    silent_words: str
    stage: int
    device: devices.DeviceWords
    cause: str


@dataclass(frozen=True, slots=True)
class Figures:
    """How many there are: running, of these connected with the page in sight, lost, and waiting for a call."""

    running: int
    interrupted: int
    steady: int
    asking: int

    @property
    def troubled(self) -> int:
        """Running, but something is odd."""
        return self.running - self.steady


@dataclass(frozen=True, slots=True)
class Wall:
    """Everything on the wall, and how current it is: `heard_until` is None when the pump has never run."""

    now: datetime
    heard_until: datetime | None
    is_deaf: bool
    figures: Figures
    running: list[Row]
    interrupted: list[Row]

    @property
    def is_cut(self) -> bool:
        """Whether there are more than are listed; the figures count them all."""
        return max(self.figures.running, self.figures.interrupted) > MOST_ROWS


def wall(user: User) -> Wall:
    """The wall as of now for this person: four queries, however many interviews run."""
    now = timezone.now()
    beat = Pulse.objects.filter(name=ROOM_PULSE).values_list("at", flat=True).first()
    is_deaf = beat is None or now - beat > LONGEST_SILENCE
    # While nobody could hear, no silence counts.
    heard_until = beat if beat is not None and is_deaf else now
    shown = _shown(user, now)
    running = _with_details(shown.filter(_RUNNING)).order_by("started_at", "pk")
    interrupted = _with_details(shown.exclude(_RUNNING)).order_by("-gone_at", "pk")
    return Wall(
        now=now,
        heard_until=beat,
        is_deaf=is_deaf,
        figures=_figures(shown, heard_until),
        running=[_row(each, heard_until, now) for each in running[:MOST_ROWS]],
        interrupted=[_row(each, heard_until, now) for each in interrupted[:MOST_ROWS]],
    )


def _shown(user: User, now: datetime) -> "QuerySet[Interview]":
    """Who is on the wall for this person: whoever runs, and whoever was lost just now (`gone_at`)."""
    recent = Q(state=InterviewState.INTERRUPTED, interrupted_at__gte=now - RECENTLY)
    lost_at = When(state=InterviewState.INTERRUPTED, then=F("interrupted_at"))
    return (
        Interview.objects.visible_to(user)
        .with_live_state()
        .filter(Q(state=InterviewState.IN_PROGRESS) | recent)
        .annotate(gone_at=Case(lost_at, default=Value(now), output_field=DateTimeField()))
    )


def _figures(shown: "QuerySet[Interview]", heard_until: datetime) -> Figures:
    """Counted over all of them, also those that are not listed. Steady as `_connection` says it of one row."""
    is_heard = Q(lease__last_seen_at__gte=heard_until - UNSTEADY_AFTER)
    in_sight = Q(lease__visible=True, lease__is_leaving=False)
    is_steady = ~Q(kind=InterviewKind.ROOM) | (is_heard & in_sight)
    return Figures(
        **shown.aggregate(
            running=Count("pk", filter=_RUNNING),
            interrupted=Count("pk", filter=~_RUNNING),
            steady=Count("pk", filter=_RUNNING & is_steady),
            asking=Count("pk", filter=Exists(_asked())),
        )
    )


def _asked() -> "QuerySet[FollowUp]":
    return FollowUp.objects.filter(
        interview=OuterRef("pk"), kind=FollowUpKind.ASKED, state__in=FollowUpState.unfinished
    )


def _with_details(shown: "QuerySet[Interview]") -> "QuerySet[Interview]":
    """The interviews with all that a row shows, in one query."""
    checkpoints = Checkpoint.objects.filter(interview=OuterRef("pk"), attempt=OuterRef("attempt"))
    saved = checkpoints.order_by().values("interview").annotate(n=Count("pk")).values("n")
    stages = Stage.objects.filter(version=OuterRef("version"))
    planned = stages.order_by().values("version").annotate(n=Count("pk")).values("n")
    finished = Checkpoint.objects.filter(
        stage=OuterRef("pk"), interview=OuterRef(OuterRef("pk")), attempt=OuterRef(OuterRef("attempt"))
    )
    open_stages = stages.filter(~Exists(finished))
    title = Coalesce(NullIf("title_en", Value("")), "title") if is_english() else F("title")
    exits = InterviewExit.objects.filter(interview=OuterRef("pk"), attempt=OuterRef("attempt")).order_by(
        "-id"
    )
    pieces = Chunk.objects.filter(
        segment__answer__interview=OuterRef("pk"), segment__answer__attempt=OuterRef("attempt")
    )
    last_piece = (
        pieces.order_by().values("segment__answer__interview").annotate(at=Max("received_at")).values("at")
    )
    segments = Segment.objects.filter(answer__interview=OuterRef("pk"), answer__attempt=OuterRef("attempt"))
    entries = RoomEntry.objects.filter(interview=OuterRef("pk")).order_by("-epoch")
    called = FollowUp.objects.filter(interview=OuterRef("pk"), state__in=FollowUpState.unfinished).order_by(
        "-id"
    )
    return shown.select_related("application__candidate", "application__opening", "lease").annotate(
        saved_count=Coalesce(Subquery(saved, output_field=IntegerField()), 0),
        planned_count=Coalesce(Subquery(planned, output_field=IntegerField()), 0),
        stage_title=Subquery(open_stages.annotate(words=title).order_by("number").values("words")[:1]),
        exit_cause=Subquery(
            exits.annotate(
                now=Coalesce(NullIf("corrected_cause", Value("")), F("cause"), output_field=CharField())
            ).values("now")[:1]
        ),
        last_piece=Subquery(last_piece),
        mime=Subquery(segments.order_by("-id").values("mime")[:1]),
        device=Subquery(entries.values("device")[:1], output_field=JSONField()),
        asks=Exists(_asked()),
        follow_up_id=Subquery(called.values("pk")[:1]),
    )


def _row(interview: Any, heard_until: datetime, now: datetime) -> Row:
    lease = getattr(interview, "lease", None)
    seen = lease.last_seen_at if lease else None
    silent = max(0, int((now - seen).total_seconds())) if seen else None
    is_stored = interview.state == InterviewState.INTERRUPTED
    return Row(
        interview=interview,
        connection=_connection(interview, lease, heard_until),
        silent_seconds=silent,
        silent_words=duration(silent),
        stage=min(interview.saved_count + 1, interview.planned_count),
        device=devices.words(interview.device, interview.mime),
        cause=str(ExitCause(interview.exit_cause).label) if is_stored and interview.exit_cause else "",
    )


def _connection(interview: Any, lease: Any, heard_until: datetime) -> Connection:
    """The strongest word about the line. Silence counts only until when we could hear."""
    if interview.live_state != InterviewState.IN_PROGRESS:
        return GONE
    if interview.kind == InterviewKind.VENDOR:
        return AT_VENDOR
    if interview.kind == InterviewKind.PEOPLE:
        return WITH_PEOPLE
    if lease is None or lease.last_seen_at is None or heard_until - lease.last_seen_at > UNSTEADY_AFTER:
        # A hidden page beats less often: its minute is no sign of a bad line.
        return HIDDEN if lease is not None and not lease.visible and not lease.is_leaving else UNSTEADY
    if lease.is_leaving:
        return LEAVING
    return LIVE if lease.visible else HIDDEN


def duration(seconds: int | None) -> str:
    """Seconds, minutes and seconds, or hours and minutes; "" when there is nothing to count from."""
    if seconds is None:
        return ""
    if seconds < MINUTE:
        return _("%(seconds)s s") % {"seconds": seconds}
    if seconds < HOUR:
        return _("%(minutes)s min %(seconds)s s") % {
            "minutes": seconds // MINUTE,
            "seconds": seconds % MINUTE,
        }
    return _("%(hours)s h %(minutes)s min") % {"hours": seconds // HOUR, "minutes": seconds % HOUR // MINUTE}


class WithWall:
    """For the interviews' admin: the wall at wall/, and the part that refreshes itself at wall/rows/."""

    def get_urls(self) -> list[URLPattern]:
        """The two addresses, before those of the records."""
        guarded = self.admin_site.admin_view  # type: ignore[attr-defined]
        return [
            path("wall/", guarded(self.wall_view), name="recruitment_interview_wall"),
            path("wall/rows/", guarded(self.wall_rows_view), name="recruitment_interview_wall_rows"),
            *super().get_urls(),  # type: ignore[misc]
        ]

    def wall_view(self, request: HttpRequest) -> HttpResponse:
        """The page; its script asks for the rows every five seconds while somebody looks."""
        context = {
            **admin.site.each_context(request),
            "opts": self.opts,  # type: ignore[attr-defined]
            "title": _("Live wall"),
        }
        return self._show(request, "recruitment/admin/wall.html", context)

    def wall_rows_view(self, request: HttpRequest) -> HttpResponse:
        """The rows alone."""
        return self._show(request, "recruitment/admin/wall_rows.html", {})

    def _show(self, request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET"])
        if not self.has_view_permission(request) or not isinstance(request.user, User):  # type: ignore[attr-defined]
            raise PermissionDenied
        context |= {"wall": wall(request.user), "recent_hours": int(RECENTLY.total_seconds()) // HOUR}
        return TemplateResponse(request, template, context, headers={"Cache-Control": "no-store"})
