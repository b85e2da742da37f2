"""The pipeline of an opening: a column for each stage, who has waited longest on top, and the way to move somebody.

A move is a choice of one: it leads to the same page that shows beforehand what will happen, or says why it cannot be
(core.admin.many), with the version of the row as the board showed it.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Min, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from core import searching, seen
from core.many import runs
from core.many.declaring import step_of
from core.numbers import HIGHEST_ID, row_number
from recruitment import next_steps
from recruitment.enums import ApplicationStage
from recruitment.models import Application, Candidate, Opening
from recruitment.queries import behind_promise
from recruitment.rules import may_recruit

COLUMNS = (
    ApplicationStage.APPLIED, ApplicationStage.SCREENING, ApplicationStage.INTERVIEWING, ApplicationStage.EVALUATING,
    ApplicationStage.SECOND_ROUND, ApplicationStage.OFFER, ApplicationStage.HIRED, ApplicationStage.REJECTED,
    ApplicationStage.WITHDRAWN, ApplicationStage.FELL_THROUGH,
)  # fmt: skip
IN_COLUMN = 20
WAITED = (3, 7, 14)
_S = ApplicationStage
# Into which column by which step, and from where; a step of many rows, or one of the application's own page.
MOVES: dict[str, tuple[str, tuple[str, ...]]] = {
    _S.SCREENING: ("screen", (_S.APPLIED,)),
    _S.INTERVIEWING: ("schedule", (_S.APPLIED, _S.SCREENING)),
    _S.EVALUATING: ("return_to_evaluation", (_S.SECOND_ROUND,)),
    _S.SECOND_ROUND: ("advance", _S.before_second_round),
    _S.OFFER: ("offer", (_S.SECOND_ROUND,)),
    _S.HIRED: ("hire", (_S.OFFER,)),
    _S.REJECTED: ("reject", (*_S.before_second_round, _S.SECOND_ROUND, _S.OFFER)),
    _S.WITHDRAWN: ("withdraw", (*_S.before_second_round, _S.SECOND_ROUND, _S.OFFER)),
    _S.FELL_THROUGH: ("fall_through", (_S.OFFER, _S.HIRED)),
}
# Asked on the application's own page: each of these is one person's decision about one person.
ONE_BY_ONE = ("hire", "fall_through")


@dataclass(frozen=True, slots=True)
class Card:
    """One applicant on the board."""

    row: Any
    days: int
    next: next_steps.NextStep
    version: str
    may_go_to: list[tuple[str, Any]]

    @property
    def url(self) -> str:
        """The application's page."""
        return reverse("admin:recruitment_application_change", args=[self.row.pk])


@dataclass(frozen=True, slots=True)
class Column:
    """A stage: how many stand there, since when the first, and the cards of those who have waited longest."""

    stage: str
    label: Any
    count: int
    oldest_days: int | None
    cards: list[Card]
    more: int
    list_url: str


def way_of(row: Application, to: str) -> str:
    """The step to another column: back from an end to where it stood, else by MOVES; "" where no step leads there."""
    if row.stood_at and row.stood_at == to:
        return "reopen"
    name, sources = MOVES.get(to, ("", ()))
    return name if row.stage in sources else ""


def board(rows: "QuerySet[Application]", opening: Opening) -> list[Column]:
    """The columns of an opening. One query for the counts, one for the cards, three for what comes next."""
    standing = {
        stage: (count, since)
        for stage, count, since in rows.order_by()
        .values_list("stage")
        .annotate(count=Count("pk"), since=Min("stage_since"))
    }
    longest = [
        rows.filter(stage=stage).order_by("stage_since", "pk").values("pk")[:IN_COLUMN]
        for stage in COLUMNS
        if stage in standing
    ]
    ids = [row["pk"] for row in (longest[0].union(*longest[1:], all=True) if longest else [])]
    found = (
        Application.objects.filter(pk__in=ids)
        .select_related("candidate", "opening__specialist")
        .order_by("stage_since", "pk")
    )
    shown = list(found)
    comes = next_steps.of(shown)
    listed = reverse("admin:recruitment_application_changelist")
    columns = []
    for stage in COLUMNS:
        count, since = standing.get(stage, (0, None))
        cards = [_card(row, comes[row.pk]) for row in shown if row.stage == stage]
        query = urlencode({"opening__id__exact": opening.pk, "stage__exact": stage.value})
        columns.append(
            Column(
                stage.value, stage.label, count, _days(since) if since else None, cards, count - len(cards),
                f"{listed}?{query}",
            )
        )  # fmt: skip
    return columns


def _card(row: Application, comes: next_steps.NextStep) -> Card:
    goes = [(stage.value, stage.label) for stage in COLUMNS if way_of(row, stage)]
    return Card(row, _days(row.stage_since), comes, seen.version_of(row), goes)


def _days(since: Any) -> int:
    return (timezone.now() - since).days


class WithPipeline:
    """For the ModelAdmin of openings, before it in the bases: `<opening>/pipeline/` and where its moves go."""

    def get_urls(self) -> list[URLPattern]:
        """The board, and its moves."""
        view = self.admin_site.admin_view  # type: ignore[attr-defined]
        return [
            path("<int:pk>/pipeline/", view(self.pipeline_view), name="recruitment_opening_pipeline"),
            path("<int:pk>/pipeline/move/", view(self.move_view), name="recruitment_opening_move"),
            *super().get_urls(),  # type: ignore[misc]
        ]

    def offered_steps(self, record: Any, person: Any) -> list[dict[str, Any]]:
        """Before its steps the ways to its board and to who applied."""
        listed = f"{reverse('admin:recruitment_application_changelist')}?opening__id__exact={record.pk}"
        ways = (
            (_("Board"), reverse("admin:recruitment_opening_pipeline", args=[record.pk])),
            (_("Applications"), listed),
        )
        links = [{"title": title, "look": "", "asks": True, "url": address} for title, address in ways]
        return [*links, *super().offered_steps(record, person)]  # type: ignore[misc]

    def pipeline_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The board, by its filters: `waited` days at least, `late` behind the promised day, `q` a name."""
        opening = self._opening(request, pk)
        rows = Application.objects.visible_to(request.user).filter(opening=opening)
        waited, typed = request.GET.get("waited", ""), request.GET.get("q", "").strip()
        if waited in map(str, WAITED):
            rows = rows.filter(stage_since__lte=timezone.now() - timedelta(days=int(waited)))
        if request.GET.get("late"):
            rows = behind_promise(rows)
        if typed:
            asked = searching.Asked.of(typed)
            found = searching.ids_matching(Candidate, asked, most=searching.MOST_FOUND) if asked.words else []
            rows = rows.filter(candidate__in=found)
        context = {
            **self.admin_site.each_context(request),  # type: ignore[attr-defined]
            "opts": self.opts,  # type: ignore[attr-defined]
            "title": _("Pipeline"),
            "opening": opening,
            "columns": board(rows, opening),
            "may_move": may_recruit(request.user, Opening, opening.pk),  # type: ignore[arg-type]
            "waited": waited,
            "all_waited": WAITED,
            "late": request.GET.get("late", ""),
            "typed": typed,
            "move_url": reverse("admin:recruitment_opening_move", args=[opening.pk]),
            "list_url": f"{reverse('admin:recruitment_application_changelist')}?opening__id__exact={opening.pk}",
        }
        return TemplateResponse(request, "recruitment/admin/pipeline.html", context)

    def move_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A card was put into another column: the page that asks, or a sentence why not. Nothing moves here yet."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        opening = self._opening(request, pk)
        back = reverse("admin:recruitment_opening_pipeline", args=[opening.pk])
        number, to = row_number(request.POST.get("application")), request.POST.get("to", "")
        rows = Application.objects.visible_to(request.user).filter(opening=opening)
        row = rows.filter(pk=number).first()
        if row is None or to not in ApplicationStage.values:
            raise Http404
        if not may_recruit(request.user, Application, row.pk):  # type: ignore[arg-type]
            raise PermissionDenied
        name = way_of(row, to)
        if request.POST.get("seen") != seen.version_of(row):
            messages.error(
                request, _("The board was out of date: somebody has moved this application meanwhile.")
            )
        elif not name:
            labels = {"stage": ApplicationStage(row.stage).label, "to": ApplicationStage(to).label}
            messages.error(request, _("No step leads from “%(stage)s” to “%(to)s”.") % labels)
        else:
            return HttpResponseRedirect(f"{_asks(request, row, name)}?{urlencode({'next': back})}")
        return HttpResponseRedirect(back)

    def _opening(self, request: HttpRequest, pk: int) -> Opening:
        if not self.has_view_permission(request):  # type: ignore[attr-defined]
            raise PermissionDenied
        rows = Opening.objects.visible_to(request.user).select_related("department")
        opening = rows.filter(pk=min(pk, HIGHEST_ID)).first()
        if opening is None:
            raise Http404
        return opening

    @display(description=gettext_lazy("pipeline"))
    def to_pipeline(self, opening: Opening) -> Any:
        """The way to the board."""
        address = reverse("admin:recruitment_opening_pipeline", args=[opening.pk])
        return format_html('<a href="{}">{}</a>', address, _("Board"))


def _asks(request: HttpRequest, row: Application, name: str) -> str:
    """The page that asks for this step on this row."""
    step = step_of(Application._meta.label_lower, name)
    if step is None or name in ONE_BY_ONE:
        return reverse("admin:recruitment_application_step", args=[row.pk, name])
    run = runs.draft(step=step, rows=[row], by=request.user)
    return reverse("admin:recruitment_application_many", args=[run.pk])
