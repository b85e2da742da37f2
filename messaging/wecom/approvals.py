"""WeCom's own approvals (审批): asked for in a colleague's name, and what became of them.

WeCom takes no name of ours for a request, so that a repeat would be a second one: after a lost answer the requests of
that time are looked through for our reference before another is made.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from messaging.wecom.client import WeComClient
from messaging.wecom.errors import Ambiguous
from messaging.wecom.text import cut, plain

TEXT_BYTES, SUMMARY_BYTES = 2000, 60
MOST_AT_ONCE, MOST_PAGES = 100, 20
# The controls that a text fits into.
LONG, SHORT = "Textarea", "Text"
CLOCKS_DIFFER = timedelta(minutes=10)
# Of a request: WeCom's numbers for where it stands (sp_status).
PENDING = 1
APPROVED = (2, 10)
REFUSED = (3,)
WITHDRAWN = (4, 6, 7)
# Of one approver in its record: agreed, agreed and asked another one, did not agree.
AGREED, DISAGREED = (2, 13), (3,)


@dataclass(frozen=True)
class Place:
    """Where the text of a request goes: a control of the template."""

    control: str
    number: str


@dataclass(frozen=True)
class Vote:
    """What one approver says: WeCom's number of it, in which words, when (seconds)."""

    userid: str
    state: int
    words: str
    at: int


@dataclass(frozen=True)
class Detail:
    """A request as it stands."""

    state: int
    text: str
    votes: tuple[Vote, ...]

    def who(self, states: tuple[int, ...]) -> list[Vote]:
        """Those who said one of these, the last one first."""
        return sorted((one for one in self.votes if one.state in states), key=lambda one: -one.at)


class Approvals:
    """Each call raises a ProviderError."""

    def __init__(self, client: WeComClient) -> None:
        self._client = client

    def place(self, template: str) -> Place | None:
        """The one text of a template; None when there is none, or when other fields have to be filled as well."""
        answer = self._client.call("oa/gettemplatedetail", {"template_id": template})
        controls = [
            one.get("property") or {} for one in (answer.get("template_content") or {}).get("controls") or []
        ]
        found = [one for kind in (LONG, SHORT) for one in controls if one.get("control") == kind]
        if not found or any(one.get("require") == 1 and one is not found[0] for one in controls):
            return None
        return Place(str(found[0]["control"]), str(found[0]["id"]))

    def ask(self, template: str, *, place: Place, creator: str, text: str, summary: list[str]) -> str:
        """Make a request, decided by the approvers of the template; WeCom's number for it. At most three lines of
        summary are shown in lists."""
        shown = {"text": cut(plain(text), TEXT_BYTES)}
        body = {
            "creator_userid": creator,
            "template_id": template,
            "use_template_approver": 1,
            "apply_data": {"contents": [{"control": place.control, "id": place.number, "value": shown}]},
            "summary_list": [
                {"summary_info": [{"text": cut(plain(line), SUMMARY_BYTES), "lang": "zh_CN"}]}
                for line in summary[:3]
            ],
        }
        number = self._client.call("oa/applyevent", body).get("sp_no")
        if not number:
            raise Ambiguous("answer")
        return str(number)

    def since(self, template: str, *, creator: str, at: datetime, until: datetime) -> Iterator[str]:
        """The numbers of the requests of this template that were made in somebody's name in this time."""
        body: dict[str, Any] = {
            "starttime": str(int((at - CLOCKS_DIFFER).timestamp())),
            "endtime": str(int((until + CLOCKS_DIFFER).timestamp())),
            "size": MOST_AT_ONCE,
            "filters": [
                {"key": "template_id", "value": template},
                {"key": "creator", "value": creator},
            ],
        }
        cursor = ""
        for _page in range(MOST_PAGES):
            answer = self._client.call("oa/getapprovalinfo", {**body, "new_cursor": cursor})
            yield from (str(one) for one in answer.get("sp_no_list") or [])
            cursor = str(answer.get("new_next_cursor") or "")
            if not cursor:
                return

    def detail(self, number: str) -> Detail:
        """A request, read anew."""
        info = self._client.call("oa/getapprovaldetail", {"sp_no": number}).get("info") or {}
        contents = (info.get("apply_data") or {}).get("contents") or []
        texts = [str((one.get("value") or {}).get("text") or "") for one in contents]
        return Detail(state=int(info.get("sp_status") or 0), text="\n".join(texts), votes=tuple(_votes(info)))


def _votes(info: dict[str, Any]) -> Iterator[Vote]:
    for step in info.get("sp_record") or []:
        for one in step.get("details") or []:
            userid = str((one.get("approver") or {}).get("userid") or "")
            yield Vote(
                userid,
                int(one.get("sp_status") or 0),
                str(one.get("speech") or ""),
                int(one.get("sptime") or 0),
            )
