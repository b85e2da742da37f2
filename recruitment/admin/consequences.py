"""What a step that ends an application, or takes its end back, will do: said on its page before it is taken."""

from collections.abc import Iterable

from django.http import HttpRequest
from django.utils import formats, timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from recruitment.enums import ApplicationStage, InterviewState
from recruitment.models import Application, Interview
from recruitment.services import reopening, vacancies


def _listed(lines: Iterable[str]) -> SafeString:
    return format_html(
        '<ul class="hs-consequences">{}</ul>',
        format_html_join("", "<li>{}</li>", ((line,) for line in lines)),
    )


def of_hire(request: HttpRequest, application: Application) -> SafeString:
    """How many places the opening has left."""
    places = vacancies.of(application.opening)
    counts = {"headcount": places.headcount, "hired": places.hired}
    if places.left > 1:
        return _listed([_("Places: %(headcount)s, taken: %(hired)s.") % counts])
    if places.left == 1:
        return _listed([_("Places: %(headcount)s, taken: %(hired)s. This is the last one.") % counts])
    return _listed(
        [_("All %(headcount)s places are taken (%(hired)s hired): say why one more is hired.") % counts]
    )


def of_end(request: HttpRequest, application: Application) -> SafeString:
    """Which interviews and which preparation end with it."""
    running = application.interviews.with_live_state().filter(state__in=InterviewState.running)
    lines = [
        _("The interview of round %(round)s (%(state)s) is cancelled.")
        % {"round": interview.round, "state": InterviewState(interview.live_state).label}
        for interview in running.order_by("round")
    ]
    if application.planned_start is not None:
        day = formats.date_format(application.planned_start, "SHORT_DATE_FORMAT")
        lines.append(_("The preparation of the start on %(day)s is cancelled.") % {"day": day})
    lines.append(_("Calls that are owed to the candidate are closed, and the training plan too."))
    lines.append(_("It can be taken back with “Take back: reopen”."))
    return _listed(lines)


def of_reopening(request: HttpRequest, application: Application) -> SafeString:
    """Where it goes back to, and what comes back with it."""
    stage = ApplicationStage(reopening.stood_at(application)).label
    lines = [_("The application goes back to: %(stage)s.") % {"stage": stage}]
    lines += [
        _interview_back(interview)
        for interview in application.interviews.exclude(stood_at="")
        .select_related("version")
        .order_by("round")
    ]
    if application.planned_start is not None:
        day = formats.date_format(application.planned_start, "SHORT_DATE_FORMAT")
        if application.planned_start < timezone.localdate():
            lines.append(
                _("The planned start on %(day)s has passed and is dropped: plan a new one.") % {"day": day}
            )
        elif application.stage in ApplicationStage.called_off:
            lines.append(_("The preparation of the start on %(day)s goes on.") % {"day": day})
    return _listed(lines)


def _interview_back(interview: Interview) -> str:
    words = {"round": interview.round, "hours": interview.version.resume_hours}
    if interview.stood_at != InterviewState.SCHEDULED:
        return _("The interview of round %(round)s can be continued for %(hours)s hours.") % words
    if interview.window_closes_at <= timezone.now():
        return (
            _("The time for the interview of round %(round)s is over: give it a new one afterwards.") % words
        )
    return _("The interview of round %(round)s is scheduled as before.") % words
