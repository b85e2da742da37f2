"""Where no provider is connected, every page says that nothing leaves the house."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from core.admin import banners
from messaging import channels
from messaging.enums import ChannelName


def nothing_leaves(request: HttpRequest) -> str | None:
    """Candidates are written to by SMS and e-mail; colleagues by WeCom and e-mail."""
    if settings.MAIL_IS_CONNECTED or channels.channel(ChannelName.SMS).is_connected():
        return None
    if channels.channel(ChannelName.WECOM).is_connected():
        return _(
            "No mail server is connected: messages to candidates are written down here and sent to nobody. "
            "Colleagues are reached by WeCom."
        )
    return _("No mail server is connected: messages are written down here, and nothing leaves the house.")


banners.register("messaging.nothing_leaves", nothing_leaves)
