"""What an administrator reads above the first page of mailboxes that cannot be read."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core.admin import banners
from people.rights import Right
from people.rules import has_right
from recruitment.intake import codes
from recruitment.intake.services import mailboxes

MOST = 3


def standing(request: HttpRequest) -> SafeString | None:
    """Each with its page, since when and why. One query, for whoever keeps the house."""
    if request.path != "/admin/" or not has_right(request.user, Right.KEEP):
        return None
    lines = [
        (
            reverse("admin:recruitment_mailbox_change", args=[box.pk]),
            _("The résumé mailbox %(name)s has not been read since %(since)s: %(why)s")
            % {
                "name": box.name,
                "since": date_format(timezone.localtime(box.failing_since), "SHORT_DATETIME_FORMAT"),
                "why": codes.explain(box.failing_code),
            },
        )
        for box in mailboxes.failing()[:MOST]
    ]
    return format_html_join("", '<span class="hs-trouble"><a href="{}">{}</a></span>', lines) or None


banners.register("recruitment.mailboxes_failing", standing)
