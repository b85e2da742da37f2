"""Whoever reads in another zone is told whose clock the pages go by."""

from typing import cast

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from core.admin import banners
from people.models import User
from people.zones import at_readers, company_zone


def whose_clock(request: HttpRequest) -> str | None:
    """Nothing where both clocks show the same."""
    now = timezone.now()
    here = at_readers(now, cast("User", request.user).time_zone)
    if here is None:
        return None
    words = {"zone": company_zone(), "there": f"{timezone.localtime(now):%H:%M}", "here": f"{here:%H:%M}"}
    return _("Times on these pages are %(zone)s: now %(there)s; where you are it is %(here)s.") % words


banners.register("people.whose_clock", whose_clock)
