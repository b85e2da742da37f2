"""From which addresses WeCom calls a company's server, and under which it is called itself."""

from typing import TYPE_CHECKING

from tools.wecom.world import Answer, Application, Call

if TYPE_CHECKING:
    from tools.wecom.emulator import WeComEmulator


def of_callers(world: "WeComEmulator", application: Application, call: Call) -> Answer:
    """getcallbackip"""
    return {"errcode": 0, "errmsg": "ok", "ip_list": list(world.calls_from)}


def of_servers(world: "WeComEmulator", application: Application, call: Call) -> Answer:
    """get_api_domain_ip"""
    return {"errcode": 0, "errmsg": "ok", "ip_list": list(world.answers_at)}


ROUTES = {"getcallbackip": of_callers, "get_api_domain_ip": of_servers}
