"""审批: requests that an application makes in somebody's name, who decides on them, and what is told of it.

A request made twice is two: WeCom knows no name of ours for one. Approvers are those of the template; one of them who
agrees, or does not, has decided.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from tools.wecom.people import Envelope, call_back_with
from tools.wecom.world import Answer, Application, Call, Refusal

if TYPE_CHECKING:
    from tools.wecom.emulator import WeComEmulator

PENDING, AGREED, REFUSED, WITHDRAWN = 1, 2, 3, 4
MOST_SECONDS = 31 * 24 * 3600
MOST_AT_ONCE = 100
# What happened, as a callback says it (审批状态变化事件).
MADE, DECIDED, REMINDED, TAKEN_BACK = 1, 2, 4, 6


@dataclass
class Template:
    """A template of the company: (control, id, title, whether it has to be filled), and who decides."""

    controls: tuple[tuple[str, str, str, bool], ...] = (("Textarea", "Textarea-1", "说明", True),)
    approvers: tuple[str, ...] = ("the.boss",)


@dataclass
class Request:
    """One request. `record`: each approver's (state, words, when)."""

    number: str
    template: str
    creator: str
    contents: list[dict[str, Any]]
    at: float
    record: dict[str, tuple[int, str, float]]
    state: int = PENDING

    @property
    def text(self) -> str:
        """The words of its first control."""
        return str(self.contents[0]["value"]["text"])


@dataclass
class Approvals:
    """What there is to ask for, and what was asked."""

    templates: dict[str, Template] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)

    def of(self, number: str) -> Request:
        """Refused for a number that there is not."""
        for one in self.requests:
            if one.number == number:
                return one
        raise Refusal(301025, "get approval param error: sp_no")


def detail_of_template(world: "WeComEmulator", application: Application, call: Call) -> Answer:
    """oa/gettemplatedetail"""
    template = _template(world, call.json.get("template_id"))
    controls = [
        {
            "property": {
                "control": control,
                "id": number,
                "title": [{"text": title, "lang": "zh_CN"}],
                "require": int(is_required),
            }
        }
        for control, number, title, is_required in template.controls
    ]
    names = [{"text": "审批", "lang": "zh_CN"}]
    return {
        "errcode": 0, "errmsg": "ok", "template_names": names, "template_content": {"controls": controls},
    }  # fmt: skip


def apply(world: "WeComEmulator", application: Application, call: Call) -> Answer:
    """oa/applyevent: by the approvers of the template (use_template_approver 1)."""
    body = call.json
    template = _template(world, body.get("template_id"))
    creator = str(body.get("creator_userid", ""))
    if creator in world.unknown_users or not creator:
        raise Refusal(301025, "get approval param error: creator_userid")
    if body.get("use_template_approver") != 1 or not 1 <= len(body.get("summary_list") or []) <= 3:  # noqa: PLR2004
        raise Refusal(301025, "get approval param error: approver or summary_list")
    filled = {one["id"]: one for one in body["apply_data"]["contents"]}
    for control, number, _title, is_required in template.controls:
        if is_required and (number not in filled or filled[number]["control"] != control):
            raise Refusal(301025, f"get approval param error: {number}")
    # As WeCom numbers them: the day, and what goes beyond 2 to the 31st.
    number = f"2026{world.first_number + len(world.approvals.requests) + 11290000:08d}"
    request = Request(
        number=number,
        template=body["template_id"],
        creator=creator,
        contents=body["apply_data"]["contents"],
        at=world.now(),
        record=dict.fromkeys(template.approvers, (PENDING, "", 0.0)),
    )
    world.approvals.requests.append(request)
    return {"errcode": 0, "errmsg": "ok", "sp_no": number}


def numbers(world: "WeComEmulator", application: Application, call: Call) -> Answer:
    """oa/getapprovalinfo: the numbers of a stretch of at most 31 days, a page at a time."""
    body = call.json
    begin, end = int(body["starttime"]), int(body["endtime"])
    if not 0 < end - begin <= MOST_SECONDS:
        raise Refusal(301025, "get approval param error: time")
    wanted = {one["key"]: one["value"] for one in body.get("filters") or []}
    found = [
        one.number
        for one in world.approvals.requests
        if begin <= one.at <= end
        and wanted.get("template_id", one.template) == one.template
        and wanted.get("creator", one.creator) == one.creator
    ]
    start, size = int(body.get("new_cursor") or 0), min(int(body.get("size", 1)), MOST_AT_ONCE)
    more = {"new_next_cursor": str(start + size)} if start + size < len(found) else {}
    return {"errcode": 0, "errmsg": "ok", "sp_no_list": found[start : start + size], **more}


def detail(world: "WeComEmulator", application: Application, call: Call) -> Answer:
    """oa/getapprovaldetail"""
    one = world.approvals.of(str(call.json.get("sp_no", "")))
    details = [
        {"approver": {"userid": userid}, "speech": speech, "sp_status": state, "sptime": int(at)}
        for userid, (state, speech, at) in one.record.items()
    ]
    info = {
        "sp_no": one.number,
        "sp_name": "审批",
        "sp_status": one.state,
        "template_id": one.template,
        "apply_time": int(one.at),
        "applyer": {"userid": one.creator, "partyid": "1"},
        "sp_record": [{"sp_status": one.state, "approverattr": 1, "details": details}],
        "apply_data": {"contents": one.contents},
        "comments": [],
    }
    return {"errcode": 0, "errmsg": "ok", "info": info}


def decide(
    world: "WeComEmulator", number: str, userid: str, *, agrees: bool, speech: str = ""
) -> Envelope | None:
    """An approver decides. Several who decide at the same instant all stand in the record."""
    one = world.approvals.of(number)
    one.record[userid] = (AGREED if agrees else REFUSED, speech, world.now())
    one.state = AGREED if agrees else REFUSED
    return tell(world, one, DECIDED)


def withdraw(world: "WeComEmulator", number: str) -> Envelope | None:
    """Whoever asked takes it back."""
    one = world.approvals.of(number)
    one.state = WITHDRAWN
    return tell(world, one, TAKEN_BACK)


def tell(world: "WeComEmulator", one: Request, what: int, **changed: str) -> Envelope | None:
    """sys_approval_change; of fields named in `changed` the value, none for an empty one."""
    fields = {
        "SpNo": one.number,
        "SpNoStr": one.number,
        "SpName": "审批",
        "SpStatus": str(one.state),
        "TemplateId": one.template,
        "ApplyTime": str(int(one.at)),
        "StatuChangeEvent": str(what),
        **changed,
    }
    inner = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in fields.items() if value)
    inner += f"<Applyer><UserId>{escape(one.creator)}</UserId><Party>1</Party></Applyer>"
    event = {"FromUserName": "sys", "MsgType": "event", "Event": "sys_approval_change", "AgentID": "3010040"}
    return call_back_with(world, event, f"<ApprovalInfo>{inner}</ApprovalInfo>")


def _template(world: "WeComEmulator", number: Any) -> Template:
    found = world.approvals.templates.get(str(number))
    if found is None:
        raise Refusal(301025, "get approval param error: template_id")
    return found


ROUTES = {
    "oa/gettemplatedetail": detail_of_template,
    "oa/applyevent": apply,
    "oa/getapprovalinfo": numbers,
    "oa/getapprovaldetail": detail,
}
