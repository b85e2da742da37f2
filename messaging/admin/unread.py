"""What whoever keeps the house reads above the first page while WeCom does not let us read 微信客服."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core.admin import banners
from messaging import health
from messaging.channels.codes import explain
from messaging.models import WeComConnection
from people.rights import Right
from people.rules import has_right


def standing(request: HttpRequest) -> SafeString | None:
    """One sentence, with the connection's page, since when and why. Two queries where an account is set up."""
    if (
        request.path != "/admin/"
        or not has_right(request.user, Right.KEEP)
        or (row := health.unread()) is None
    ):
        return None
    connection = WeComConnection.objects.filter(kf_account=row.account).first()
    if connection is None or row.failing_since is None:
        return None
    return format_html(
        '<span class="hs-trouble"><a href="{}">{}</a></span>',
        reverse("admin:messaging_wecomconnection_change", args=[connection.pk]),
        _(
            "What people write in WeChat has not been read since %(since)s: %(why)s WeCom keeps it for three days."
        )
        % {
            "since": date_format(timezone.localtime(row.failing_since), "SHORT_DATETIME_FORMAT"),
            "why": explain(row.last_code),
        },
    )


banners.register("messaging.unread", standing)
