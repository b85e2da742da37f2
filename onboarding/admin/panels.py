"""Onboarding as a box on the admin pages of interviews and applications."""

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from core.admin.panels import Panel, register
from onboarding.admin.identities import identity_words
from onboarding.models import EmployeeScore, OnboardingCase
from onboarding.queries import cases_for
from onboarding.words import delay_words, forecast_words
from people.models import Employee
from recruitment.models import Application, Interview


def render_for_application(request: HttpRequest, application: Application) -> SafeString:
    """The preparation: forecast, delay, score, steps; nothing when there is no case."""
    return _render(request, cases_for(request.user).filter(application=application).first())


def render_for_interview(request: HttpRequest, interview: Interview) -> SafeString:
    """The same on the interview's page, when the start waits on it."""
    case = cases_for(request.user).filter(application=interview.application_id, waits_on=interview).first()
    return _render(request, case)


def _render(request: HttpRequest, case: OnboardingCase | None) -> SafeString:
    if case is None:
        return SafeString("")
    context = {
        "case": case,
        "forecast": forecast_words(case),
        "delay": delay_words(case.delays.all()),
        "score": case.score and case.score.words,
        "identity": identity_words(case),
    }
    return render_to_string("onboarding/panel.html", context, request=request)


def render_score(request: HttpRequest, employee: Employee) -> SafeString:
    """The interview score with interval, basis and source; nothing when there is none."""
    score = EmployeeScore.objects.visible_to(request.user).filter(pk=employee.pk).first()
    if score is None:
        return SafeString("")
    return render_to_string("onboarding/score.html", {"score": score}, request=request)


SCORE_PANEL = Panel("interview-score", _("Interview score"), render_score, order=50)
APPLICATION_PANEL = Panel("onboarding", _("Onboarding"), render_for_application, order=50)
INTERVIEW_PANEL = Panel("onboarding", _("Onboarding that waits on it"), render_for_interview, order=50)
register(Application, APPLICATION_PANEL)
register(Interview, INTERVIEW_PANEL)
register(Employee, SCORE_PANEL)
