"""A moment in a template of those who are elsewhere: by the company's clock, and by theirs where it shows another."""

from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core import moments

register = template.Library()


@register.filter
def by_the_company(moment: datetime) -> str:
    """12月1日 20:12（北京时间） · December 1, 20:12 (Beijing time)."""
    return moments.by_the_company(moment)


@register.filter
def here(moment: datetime) -> SafeString:
    """The line that `room/clocks.js` fills where the reader's clock shows another time, and hides where it does not."""
    return format_html(
        '<small class="here" hidden data-here-at="{}" data-zone="{}" data-words="{}"></small>',
        moment.isoformat(),
        timezone.get_default_timezone_name(),
        _("Where you are: {here}"),
    )
