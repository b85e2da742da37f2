"""Figures of faces in a sentence: neutral, each share with what it is a share of."""

from django.utils.translation import gettext as _

from recruitment.models import FaceFigures


def words_of(row: FaceFigures) -> str:
    """What was counted, or why nothing was."""
    if row.frames is None or row.absent is None:
        return str(row.get_reason_display())
    return _(
        "Observed for %(seconds)s s, %(frames)s frames: no face in %(absent)s of %(frames)s, several faces in "
        "%(several)s of %(frames)s, head turned by more than %(degrees)s° in %(away)s of %(seen)s with a face."
    ) % {
        "seconds": round(row.seconds or 0),
        "frames": row.frames,
        "absent": row.absent,
        "several": row.several,
        "away": row.away,
        "seen": row.frames - row.absent,
        "degrees": row.degrees,
    }
