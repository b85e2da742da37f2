"""What the five points of a scorecard mean, so that two interviewers mean the same."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ANCHORS = {
    1: _("Nothing of it was seen, or it was clearly missing."),
    2: _("Seen now and then; the work would need constant help."),
    3: _("Enough for the position; usual help to begin with."),
    4: _("Strong: examples of the candidate's own work show it."),
    5: _("Outstanding: others would learn from it."),
}


def levels_of(
    anchors: Mapping[str, Mapping[str, str]], competency_id: int
) -> list[tuple[int, str | Promise]]:
    """Each point of a competency with what it looks like, by the round's own anchors; a point without one has no text.

    A competency without any has what the points mean for all.
    """
    own = anchors.get(str(competency_id))
    return [(point, own.get(str(point), "") if own else words) for point, words in ANCHORS.items()]
