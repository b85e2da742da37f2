"""Whether one can sign in with WeCom now, and where its pages stand."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from core.admin.ways_in import Way
from messaging import connected

PROVIDER = "wecom"
API_HOST = "qyapi.weixin.qq.com"


@dataclass(frozen=True)
class Pages:
    """WeCom's two pages: the one inside its own app asks nothing, the other shows a code to scan."""

    inside: str
    elsewhere: str


WECOMS_OWN = Pages(
    "https://open.weixin.qq.com/connect/oauth2/authorize",
    "https://login.work.weixin.qq.com/wwlogin/sso/login",
)


def is_connected() -> bool:
    """Whether an application of WeCom speaks for the suite, with its secret."""
    wecom = connected.wecom()
    return bool(wecom["corp_id"] and wecom["secret"])


def pages() -> Pages:
    """Where they stand: WeCom's own, or on the same server as another one's API."""
    parts = urlsplit(connected.wecom()["base_url"])
    if parts.hostname == API_HOST:
        return WECOMS_OWN
    origin = f"{parts.scheme}://{parts.netloc}"
    return Pages(f"{origin}/connect/oauth2/authorize", f"{origin}/wwlogin/sso/login")


def way() -> Way | None:
    """The button on the sign-in page, where there is a connection."""
    if not is_connected():
        return None
    both = (urlsplit(address) for address in (pages().inside, pages().elsewhere))
    origins = dict.fromkeys(f"{parts.scheme}://{parts.netloc}" for parts in both)
    return Way(_("Sign in with WeCom"), "wecom_login", " ".join(origins))
