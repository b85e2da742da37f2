"""The live wall: who sits in an interview now, how steady the line is, and who has just been lost.

Reads only. The states are the effective ones: a lease that has run out counts as gone before the sweep has written it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import (
    CharField,
    Count,
    Exists,
    F,
    IntegerField,
    JSONField,
    Max,
    OuterRef,
    Q,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce, NullIf
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hrsuite.events.models import Pulse
from hrsuite.events.pulse import LONGEST_SILENCE
from people.models import User
from recruitment.admin import devices
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

# Who broke off earlier is in the follow-up queue; the wall is about now.
RECENTLY = timedelta(hours=3)
# One heartbeat may be late; after a second one is missing the line is not steady.
UNSTEADY_AFTER = timedelta(seconds=15)
MOST_ROWS = 200
MINUTE, HOUR = 60, 3600


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
class Wall:
    """Everything on the wall, and how current it is: `heard_until` is None when the pump has never run."""

    now: datetime
    heard_until: datetime | None
    is_deaf: bool
    running: list[Row]
    interrupted: list[Row]
    is_cut: bool

    def count_of(self, *names: str) -> int:
        """How many of the running have one of these connections."""
        return sum(row.connection.name in names for row in self.running)

    @property
    def steady(self) -> int:
        """Connected, page in sight."""
        return self.count_of("live", "elsewhere")

    @property
    def troubled(self) -> int:
        """Running, but something is odd."""
        return self.count_of("unsteady", "hidden", "leaving")

    @property
    def asking(self) -> int:
        """Who waits for a call without having left."""
        return sum(bool(row.interview.asks) for row in (*self.running, *self.interrupted))


def wall(user: User) -> Wall:
    """The wall as of now for this person: two queries, however many interviews run."""
    now = timezone.now()
    beat = Pulse.objects.filter(name=ROOM_PULSE).values_list("at", flat=True).first()
    is_deaf = beat is None or now - beat > LONGEST_SILENCE
    # While nobody could hear, no silence counts.
    heard_until = beat if beat is not None and is_deaf else now
    found = list(_rows(user, now)[: MOST_ROWS + 1])
    rows = [_row(interview, heard_until, now) for interview in found[:MOST_ROWS]]
    return Wall(
        now=now,
        heard_until=beat,
        is_deaf=is_deaf,
        running=[row for row in rows if row.connection is not GONE],
        interrupted=sorted(
            (row for row in rows if row.connection is GONE),
            key=lambda row: row.interview.interrupted_at if row.cause else now,
            reverse=True,
        ),
        is_cut=len(found) > MOST_ROWS,
    )


def _rows(user: User, now: datetime) -> Any:
    """The interviews with all that a row shows, in one query; the longest running first."""
    checkpoints = Checkpoint.objects.filter(interview=OuterRef("pk"), attempt=OuterRef("attempt"))
    saved = checkpoints.order_by().values("interview").annotate(n=Count("pk")).values("n")
    stages = Stage.objects.filter(plan=OuterRef("plan"))
    planned = stages.order_by().values("plan").annotate(n=Count("pk")).values("n")
    finished = Checkpoint.objects.filter(
        stage=OuterRef("pk"), interview=OuterRef(OuterRef("pk")), attempt=OuterRef(OuterRef("attempt"))
    )
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
    asked = FollowUp.objects.filter(
        interview=OuterRef("pk"), kind=FollowUpKind.ASKED, state__in=FollowUpState.unfinished
    )
    called = FollowUp.objects.filter(interview=OuterRef("pk"), state__in=FollowUpState.unfinished).order_by(
        "-id"
    )
    recent = Q(state=InterviewState.INTERRUPTED, interrupted_at__gte=now - RECENTLY)
    return (
        Interview.objects.visible_to(user)
        .with_live_state()
        .filter(Q(state=InterviewState.IN_PROGRESS) | recent)
        .select_related("application__candidate", "application__opening", "lease")
        .annotate(
            saved_count=Coalesce(Subquery(saved, output_field=IntegerField()), 0),
            planned_count=Coalesce(Subquery(planned, output_field=IntegerField()), 0),
            stage_title=Subquery(stages.filter(~Exists(finished)).order_by("number").values("title")[:1]),
            exit_cause=Subquery(
                exits.annotate(
                    now=Coalesce(NullIf("corrected_cause", Value("")), F("cause"), output_field=CharField())
                ).values("now")[:1]
            ),
            last_piece=Subquery(last_piece),
            mime=Subquery(segments.order_by("-id").values("mime")[:1]),
            device=Subquery(entries.values("device")[:1], output_field=JSONField()),
            asks=Exists(asked),
            follow_up_id=Subquery(called.values("pk")[:1]),
        )
        .order_by("started_at", "pk")
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
