"""The training plan as a box on the application's admin page."""

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from core.admin.panels import Panel, register
from recruitment.models import Application
from training.queries import plans_for


def render_plan(request: HttpRequest, application: Application) -> SafeString:
    """The plan's courses with their reasons and due dates; nothing when there is no plan."""
    plan = plans_for(request.user).filter(application=application).first()
    if plan is None:
        return SafeString("")
    return render_to_string("training/panel.html", {"plan": plan}, request=request)


register(Application, Panel("training-plan", _("Training plan"), render_plan, order=60))
