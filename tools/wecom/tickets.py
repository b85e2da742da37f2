"""Tickets with which a page inside WeCom is signed: one of the company, one of the application."""

from typing import TYPE_CHECKING

from tools.wecom.world import Answer, Application, Call, Refusal

if TYPE_CHECKING:
    from tools.wecom.emulator import WeComEmulator

TICKET_SECONDS = 7200
HOUR = 3600
MOST_OF_COMPANY, MOST_OF_APPLICATION = 400, 100


def of_company(world: "WeComEmulator", application: Application, call: Call) -> Answer:
    """get_jsapi_ticket: the same one while it is good."""
    return _ticket(world, application, f"company-{application.corp_id}")


def of_application(world: "WeComEmulator", application: Application, call: Call) -> Answer:
    """ticket/get?type=agent_config"""
    if call.query.get("type") != "agent_config":
        raise Refusal(40058, "invalid type")
    return _ticket(world, application, f"agent-{application.agent_id}")


def _ticket(world: "WeComEmulator", application: Application, whose: str) -> Answer:
    asked = world.asked_tickets = [one for one in world.asked_tickets if one[0] > world.now() - HOUR]
    of_this = [one for one in asked if one[1:] == (application.agent_id, whose)]
    if len(asked) >= MOST_OF_COMPANY or len(of_this) >= MOST_OF_APPLICATION:
        raise Refusal(45009, "reach max api limit")
    asked.append((world.now(), application.agent_id, whose))
    ticket, until = world.tickets.get(whose, ("", 0.0))
    if until <= world.now():
        ticket, until = world.new_id("ticket"), world.now() + TICKET_SECONDS
        world.tickets[whose] = ticket, until
    return {"errcode": 0, "errmsg": "ok", "ticket": ticket, "expires_in": int(until - world.now())}


ROUTES = {"get_jsapi_ticket": of_company, "ticket/get": of_application}
