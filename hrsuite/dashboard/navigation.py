"""The sidebar: the back office in the order of the day's work, with only what this person may open."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.db.models import Count, Q
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from recruitment.enums import FollowUpState
from recruitment.models import FollowUp

Text = str | Promise
WALL = "admin:recruitment_interview_wall"


@dataclass(frozen=True, slots=True)
class Entry:
    """One link: a model's list ("app.model"), or an address by its name; with both, for whoever may see the model."""

    title: Text
    icon: str
    model: str = ""
    address: str = ""
    query: str = ""


GROUPS: list[tuple[Text, list[Entry]]] = [
    (
        _("Today"),
        [
            Entry(_("Overview"), "today", address="admin:index"),
            Entry(_("Follow-up queue"), "call", model="recruitment.followup"),
            Entry(
                _("Live wall"),
                "monitor_heart",
                model="recruitment.interview",
                address=WALL,
            ),
            Entry(_("Decisions to make"), "rule", model="recruitment.decision", query="outcome__exact=asked"),
        ],
    ),
    (
        _("Recruitment"),
        [
            Entry(_("Openings"), "work", model="recruitment.opening"),
            Entry(_("Candidates"), "person_search", model="recruitment.candidate"),
            Entry(_("Applications"), "description", model="recruitment.application"),
            Entry(_("Interviews"), "video_chat", model="recruitment.interview"),
            Entry(_("Exits"), "logout", model="recruitment.interviewexit"),
            Entry(_("Recordings"), "mic", model="recruitment.segment"),
            Entry(_("Assessments"), "grading", model="recruitment.assessment"),
            Entry(_("Second-round invitations"), "mark_email_read", model="recruitment.invitation"),
            Entry(_("Interview plans"), "list_alt", model="recruitment.interviewplan"),
            Entry(_("Competencies"), "psychology", model="recruitment.competency"),
            Entry(_("Skills"), "construction", model="recruitment.skill"),
            Entry(_("Interview vendors"), "handshake", model="recruitment.vendor"),
        ],
    ),
    (
        _("Onboarding"),
        [
            Entry(_("Onboarding cases"), "badge", model="onboarding.onboardingcase"),
            Entry(_("Steps"), "checklist", model="onboarding.onboardingstep"),
            Entry(_("Delays"), "event_busy", model="onboarding.onboardingdelay"),
            Entry(_("Templates"), "library_books", model="onboarding.onboardingtemplate"),
        ],
    ),
    (
        _("Training"),
        [
            Entry(_("Training plans"), "school", model="training.trainingplan"),
            Entry(_("Planned courses"), "playlist_add_check", model="training.planitem"),
            Entry(_("Courses"), "menu_book", model="training.course"),
        ],
    ),
    (
        _("Messages"),
        [
            Entry(_("Message ledger"), "mail", model="notifications.message"),
            Entry(_("Channel pauses"), "pause_circle", model="notifications.channelpause"),
        ],
    ),
    (
        _("People and calendar"),
        [
            Entry(_("Employee files"), "folder_shared", model="people.employee"),
            Entry(_("Departments"), "account_tree", model="people.department"),
            Entry(_("Colleagues"), "group", model="people.user"),
            Entry(_("Working calendar"), "calendar_month", model="people.calendarday"),
            Entry(_("Calendar years"), "date_range", model="people.calendaryear"),
        ],
    ),
    (
        _("System"),
        [
            Entry(_("What is owed"), "sync_problem", model="events.reaction", query="is=undone"),
            Entry(_("Events"), "bolt", model="events.event"),
            Entry(_("Links"), "link", model="recruitment.roomlink"),
            Entry(_("Accesses to recordings"), "visibility", model="recruitment.recordingaccess"),
            Entry(_("Vendors' reports"), "webhook", model="recruitment.vendorevent"),
            Entry(_("API documents"), "api", address="docs"),
            Entry(_("Scheduled jobs"), "schedule", model="django_q.schedule"),
            Entry(_("Failed jobs"), "error", model="django_q.failure"),
        ],
    ),
]


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """The groups with their links; one query, for the number on the queue."""
    groups: list[dict[str, Any]] = []
    for title, entries in GROUPS:
        items = list(_items(request, entries))
        if items:
            groups.append({"title": title, "separator": bool(groups), "items": items})
    return groups


def _items(request: HttpRequest, entries: list[Entry]) -> Iterator[dict[str, Any]]:
    for entry in entries:
        link = _model_link(request, entry) if entry.model else _address(entry.address)
        if not link:
            continue
        item: dict[str, Any] = {"title": entry.title, "icon": entry.icon, "link": link}
        if entry.model == "recruitment.interview":
            # The wall lies below the list's address: only one of the two is where one is.
            on_wall = request.path == _address("admin:recruitment_interview_wall")
            item["active"] = request.path.startswith(link) and on_wall == bool(entry.address)
        if entry.query:
            item["link"] = f"{link}?{entry.query}"
        # The wall's address lies below the interviews'.
        if entry.model == "recruitment.interview" and not entry.address and request.path == _address(WALL):
            item["active"] = False
        if entry.model == "recruitment.followup":
            item |= _badge(request)
        yield item


def _model_link(request: HttpRequest, entry: Entry) -> str:
    """The model's list, when it has one and this person may see it."""
    try:
        model = apps.get_model(entry.model)
    except LookupError:
        return ""
    if not admin.site.is_registered(model) or not admin.site.get_model_admin(model).has_view_permission(
        request
    ):
        return ""
    return _address(entry.address or f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _badge(request: HttpRequest) -> dict[str, Any]:
    """How many promises are unfinished; red when one of them is overdue."""
    figures = (
        FollowUp.objects.visible_to(request.user)
        .filter(state__in=FollowUpState.unfinished)
        .aggregate(unfinished=Count("pk"), overdue=Count("pk", filter=Q(due_at__lt=timezone.now())))
    )
    if not figures["unfinished"]:
        return {}
    variant = "danger" if figures["overdue"] else "primary"
    return {"badge": figures["overdue"] or figures["unfinished"], "badge_variant": variant}
