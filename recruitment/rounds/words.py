"""What the five points of a scorecard mean: the same for every competency, so that two interviewers mean the same."""

from django.utils.translation import gettext_lazy as _

ANCHORS = {
    1: _("Nothing of it was seen, or it was clearly missing."),
    2: _("Seen now and then; the work would need constant help."),
    3: _("Enough for the position; usual help to begin with."),
    4: _("Strong: examples of the candidate's own work show it."),
    5: _("Outstanding: others would learn from it."),
}
