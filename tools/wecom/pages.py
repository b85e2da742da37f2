"""The two pages on which a colleague signs in: one inside WeCom's app, one that elsewhere shows a code to scan.

Both ask who it is, unless it was said beforehand, and lead back with a code and with the state as it came.
"""

from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

if TYPE_CHECKING:
    from tools.wecom.emulator import WeComEmulator

Page = tuple[int, tuple[tuple[str, str], ...], bytes]
PRIVATE = "snsapi_privateinfo"
HTML = (("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "no-store"))


def sign_in(world: "WeComEmulator", query: dict[str, str]) -> Page:
    """302 with a code; a page that asks; 400 for an application that is none, or no address to go back to."""
    known = {(one.corp_id, str(one.agent_id)) for one in world.applications}
    back = query.get("redirect_uri", "")
    if (query.get("appid"), query.get("agentid")) not in known or urlsplit(back).scheme not in {
        "http",
        "https",
    }:
        return 400, HTML, "参数错误".encode()
    if userid := query.get("as") or world.at_the_phone:
        answer = urlencode(
            {
                "code": world.signs_in(userid, agrees=query.get("scope") == PRIVATE),
                "state": query.get("state", ""),
            }
        )
        return 302, (("Location", f"{back}{'&' if '?' in back else '?'}{answer}"),), b""
    rows = "".join(
        f'<li><a href="?{escape(urlencode({**query, "as": one.userid}))}">{escape(one.name)}</a></li>'
        for one in world.members
    )
    head = '<!doctype html><html lang="zh"><meta name="viewport" content="width=device-width"><title>企业微信</title>'
    return 200, HTML, f"{head}<h1>企业微信（演示）</h1><p>用谁的企业微信登录？</p><ul>{rows}</ul>".encode()


PAGES: dict[str, Callable[["WeComEmulator", dict[str, str]], Page]] = {
    "/connect/oauth2/authorize": sign_in,
    "/wwlogin/sso/login": sign_in,
}
