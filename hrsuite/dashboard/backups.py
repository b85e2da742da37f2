"""What the lead is told above the first page when backups are not as they should be."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from core.admin import banners
from core.backups import making, restoring, wal
from core.events import pulse
from people.actors import person_of
from people.rules import keeps_house

# One night may fail; a drill is weekly.
OLDEST_BACKUP_HOURS, OLDEST_DRILL_DAYS = 36, 8
OLDEST_WAL_MINUTES = 15
_HOUR, _DAY = 3600, 86400


def late(request: HttpRequest) -> str | None:
    """A sentence where backups are switched on and the last good one, or its last good trial, is too old."""
    if not settings.BACKUPS_ARE_ON or request.path != "/admin/" or not keeps_house(person_of(request)):
        return None
    ages = pulse.ages()
    made, tried = ages.get(making.PULSE), ages.get(restoring.PULSE)
    if made is None:
        return _(
            "No backup has been made yet. The nightly job makes the first; manage.py backup makes one now."
        )
    if made > OLDEST_BACKUP_HOURS * _HOUR:
        return _("The last backup is %(hours)s hours old. See the log of the job core.back_up.") % {
            "hours": int(made / _HOUR)
        }
    if tried is not None and tried > OLDEST_DRILL_DAYS * _DAY:
        return _(
            "For %(days)s days no backup could be restored on trial. See the log of core.restore_drill."
        ) % {"days": int(tried / _DAY)}
    kept = ages.get(wal.PULSE)
    if settings.WAL_IS_KEPT and kept is not None and kept > OLDEST_WAL_MINUTES * 60:
        return _(
            "For %(minutes)s minutes nothing of what is written has been taken to the backups. See core.ship_wal."
        ) % {"minutes": int(kept / 60)}
    return None


banners.register("hrsuite.backups_late", late)
