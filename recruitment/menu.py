"""What the sidebar offers of this app."""

from datetime import timedelta
from functools import partial
from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.admin.menu import SYSTEM, TODAY, Entry, Group
from people.actors import person_of
from people.enums import ADMINISTRATOR, Role
from people.rights import Right
from people.rules import has_right
from recruitment.enums import FollowUpState
from recruitment.models import FollowUp, PersonRequest
from recruitment.models.privacy import RequestState
from recruitment.rounds import pages

RECRUITMENT = Group(_("Recruitment"), 20)


SOON = timedelta(hours=4)


def figures_of_follow_ups(request: HttpRequest) -> dict[str, int]:
    """Of the unfinished that this person may see: how many, overdue, due within four hours, the person's own.

    Read once for each request: the menu says it beside every page, the first page says it in full.
    """
    known = request.__dict__.get("_follow_ups_counted")
    if known is None:
        now = timezone.now()
        queue = FollowUp.objects.visible_to(request.user).filter(state__in=FollowUpState.unfinished)
        known = request.__dict__["_follow_ups_counted"] = queue.aggregate(
            unfinished=Count("pk"),
            overdue=Count("pk", filter=Q(due_at__lt=now)),
            soon=Count("pk", filter=Q(due_at__gte=now, due_at__lt=now + SOON)),
            mine=Count("pk", filter=Q(assignee=request.user.pk)),
        )
    counted: dict[str, int] = known
    return counted


def unfinished_follow_ups(request: HttpRequest) -> dict[str, Any]:
    """How many promises are unfinished; red when one of them is overdue."""
    figures = figures_of_follow_ups(request)
    if not figures["unfinished"]:
        return {}
    variant = "danger" if figures["overdue"] else "primary"
    return {"badge": figures["overdue"] or figures["unfinished"], "badge_variant": variant}


def owed_answers(request: HttpRequest) -> dict[str, Any]:
    """How many requests wait for an answer; red when one of them is overdue. One query."""
    waiting = PersonRequest.objects.visible_to(request.user).filter(state=RequestState.OPEN)
    days = list(waiting.values_list("due_on", flat=True)[:100])
    if not days:
        return {}
    overdue = sum(day < timezone.localdate() for day in days)
    return {"badge": overdue or len(days), "badge_variant": "danger" if overdue else "primary"}


def scorecards_owed(request: HttpRequest) -> dict[str, Any]:
    """How many scorecards of rounds that are over this person still owes."""
    owed = pages.owed_by(person_of(request))
    return {"badge": owed, "badge_variant": "danger"} if owed else {}


ENTRIES = [
    Entry(
        TODAY,
        _("Requests about own data"),
        "shield_person",
        model="recruitment.personrequest",
        query="state__exact=open",
        order=50,
        daily=(Role.LEAD,),
        badge=owed_answers,
    ),
    Entry(
        TODAY,
        _("Problem reports"),
        "support_agent",
        model="recruitment.problem",
        query="state__exact=open",
        order=60,
    ),
    Entry(
        TODAY,
        _("Follow-up queue"),
        "call",
        model="recruitment.followup",
        order=20,
        badge=unfinished_follow_ups,
        daily=(Role.RECRUITING, Role.LEAD),
    ),
    Entry(
        TODAY,
        _("My interviews"),
        "rate_review",
        address="rounds:mine",
        order=25,
        daily=(Role.RECRUITING,),
        badge=scorecards_owed,
    ),
    Entry(
        TODAY,
        _("Live wall"),
        "monitor_heart",
        model="recruitment.interview",
        address="admin:recruitment_interview_wall",
        order=30,
        daily=(Role.RECRUITING,),
    ),
    Entry(
        TODAY,
        _("Decisions to make"),
        "rule",
        model="recruitment.decision",
        query="outcome__exact=asked",
        order=40,
        daily=(Role.RECRUITING, Role.LEAD),
    ),
    Entry(
        RECRUITMENT,
        _("Openings"),
        "work",
        model="recruitment.opening",
        order=10,
        daily=(Role.RECRUITING, Role.LEAD),
    ),
    Entry(
        RECRUITMENT,
        _("Candidates"),
        "person_search",
        model="recruitment.candidate",
        order=20,
        daily=(Role.RECRUITING, Role.ONBOARDING, Role.TRAINING, Role.LEAD),
    ),
    Entry(RECRUITMENT, _("Imports"), "upload_file", model="exchange.import", order=25),
    Entry(
        RECRUITMENT,
        _("Applications"),
        "description",
        model="recruitment.application",
        order=30,
        daily=(Role.RECRUITING, Role.ONBOARDING, Role.LEAD),
    ),
    Entry(
        RECRUITMENT,
        _("Incoming applications"),
        "public",
        model="recruitment.publicapplication",
        query="state__exact=waiting",
        order=33,
    ),
    Entry(RECRUITMENT, _("Résumés"), "badge", model="recruitment.resume", order=35),
    Entry(RECRUITMENT, _("Mails to the résumé mailbox"), "mail", model="recruitment.receivedmail", order=37),
    Entry(
        RECRUITMENT,
        _("Interviews"),
        "video_chat",
        model="recruitment.interview",
        order=40,
        daily=(Role.RECRUITING, Role.LEAD),
    ),
    Entry(
        RECRUITMENT,
        _("Interview calendar"),
        "calendar_view_month",
        model="recruitment.interview",
        address="admin:recruitment_interview_calendar",
        order=42,
        daily=(Role.RECRUITING,),
    ),
    Entry(RECRUITMENT, _("Exits"), "logout", model="recruitment.interviewexit", order=50),
    Entry(
        RECRUITMENT, _("Candidates' ratings"), "thumbs_up_down", model="recruitment.interviewsurvey", order=55
    ),
    Entry(RECRUITMENT, _("Experiments with wordings"), "science", model="recruitment.experiment", order=57),
    Entry(RECRUITMENT, _("Recordings"), "mic", model="recruitment.segment", order=60),
    Entry(
        RECRUITMENT,
        _("Scoring desk"),
        "fact_check",
        model="recruitment.interviewplan",
        address="admin:recruitment_interviewplan_desk",
        order=65,
        opens=partial(has_right, right=Right.RECRUIT),
    ),
    Entry(RECRUITMENT, _("Assessments"), "grading", model="recruitment.assessment", order=70),
    Entry(
        RECRUITMENT,
        _("Second-round invitations"),
        "mark_email_read",
        model="recruitment.invitation",
        order=80,
    ),
    Entry(RECRUITMENT, _("Offered times"), "event_available", model="recruitment.slotoffer", order=82),
    Entry(RECRUITMENT, _("Offers"), "contract", model="recruitment.offer", order=85),
    Entry(RECRUITMENT, _("Letter templates"), "draft", model="recruitment.lettertemplate", order=87),
    Entry(
        RECRUITMENT,
        _("Interview plans"),
        "list_alt",
        model="recruitment.interviewplan",
        order=90,
    ),
    Entry(
        RECRUITMENT,
        _("Library of interview plans"),
        "local_library",
        model="recruitment.interviewplan",
        address="admin:recruitment_interviewplan_library",
        order=95,
    ),
    Entry(RECRUITMENT, _("Promised times"), "alarm", model="recruitment.stagepromise", order=98),
    Entry(RECRUITMENT, _("Competencies"), "psychology", model="recruitment.competency", order=100),
    Entry(
        RECRUITMENT, _("Skills"), "construction", model="recruitment.skill", order=110, daily=(Role.TRAINING,)
    ),
    Entry(
        RECRUITMENT,
        _("Interview vendors"),
        "handshake",
        model="recruitment.vendor",
        order=120,
        daily=(ADMINISTRATOR,),
    ),
    Entry(
        RECRUITMENT,
        _("Résumé mailboxes"),
        "inbox",
        model="recruitment.mailbox",
        order=125,
    ),
    Entry(SYSTEM, _("Back-tests of estimates"), "model_training", model="recruitment.learning", order=25),
    Entry(SYSTEM, _("Links"), "link", model="recruitment.roomlink", order=30),
    Entry(SYSTEM, _("Accesses to recordings"), "visibility", model="recruitment.recordingaccess", order=40),
    Entry(SYSTEM, _("Accesses to résumés"), "preview", model="recruitment.resumeaccess", order=45),
    Entry(SYSTEM, _("Held records"), "gavel", model="recruitment.hold", order=46),
    Entry(SYSTEM, _("Erased records"), "person_off", model="recruitment.erasure", order=47),
    Entry(SYSTEM, _("Vendors' reports"), "webhook", model="recruitment.vendorevent", order=50),
]
