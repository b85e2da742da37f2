"""A moment by the clock of the company, which need not be the reader's: it is said whose."""

from datetime import datetime

from django.utils import formats, timezone
from django.utils.translation import gettext as _


def by_the_company(moment: datetime) -> str:
    """12月1日 20:12（北京时间） · December 1, 20:12 (Beijing time)."""
    local = timezone.localtime(moment, timezone.get_default_timezone())
    return _("%(day)s, %(time)s (Beijing time)") % {
        "day": formats.date_format(local, "MONTH_DAY_FORMAT"),
        "time": local.strftime("%H:%M"),
    }
