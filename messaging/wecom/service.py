"""微信客服: the accounts of the company that people outside write to, and what may be answered them."""

from dataclasses import dataclass
from typing import Any

from messaging.wecom.client import WeComClient
from messaging.wecom.text import cut, plain

TEXT_BYTES = 2048
MOST_AT_ONCE = 1000
# States of a conversation: a colleague's turn is not ours any more.
ASSISTANT, QUEUE, HUMAN, ENDED = 1, 2, 3, 4
TAKES_ON = 0


@dataclass(frozen=True)
class Account:
    """An account that people write to."""

    number: str
    name: str


@dataclass(frozen=True)
class Page:
    """What came since a cursor: the raw entries, the next cursor, and whether more is there already."""

    entries: list[dict[str, Any]]
    cursor: str
    has_more: bool


class CustomerService:
    """Each call raises a ProviderError."""

    def __init__(self, client: WeComClient) -> None:
        self._client = client

    def accounts(self) -> list[Account]:
        """The accounts that the application may speak for."""
        answer = self._client.call("kf/account/list", {"offset": 0, "limit": 100})
        return [Account(str(one["open_kfid"]), str(one["name"])) for one in answer.get("account_list") or []]

    def address(self, account: str, *, scene: str) -> str:
        """The address that opens a conversation; `&scene_param=` may be added to it and comes back on entering."""
        return str(self._client.call("kf/add_contact_way", {"open_kfid": account, "scene": scene})["url"])

    def page(self, account: str, *, cursor: str, token: str = "") -> Page:
        """What came since `cursor`, of the last three days. A callback's token, good for ten minutes, spares us a
        strict limit of calls."""
        body = {"open_kfid": account, "cursor": cursor, "limit": MOST_AT_ONCE}
        answer = self._client.call("kf/sync_msg", {**body, **({"token": token} if token else {})})
        return Page(
            entries=list(answer.get("msg_list") or []),
            cursor=str(answer.get("next_cursor") or cursor),
            has_more=bool(answer.get("has_more")),
        )

    def send(self, account: str, *, whom: str, text: str, key: str) -> None:
        """Answer somebody who wrote, under a name of ours (32 letters). WindowClosed when they have to write first."""
        self._client.call("kf/send_msg", {"touser": whom, "open_kfid": account, "msgid": key, **_text(text)})

    def greet(self, *, code: str, text: str, key: str) -> None:
        """Greet somebody who entered, within 20 seconds. ContentProblem afterwards."""
        self._client.call("kf/send_msg_on_event", {"code": code, "msgid": key, **_text(text)})

    def state(self, account: str, *, whom: str) -> int:
        """In whose hands the conversation is."""
        answer = self._client.call("kf/service_state/get", {"open_kfid": account, "external_userid": whom})
        return int(answer["service_state"])

    def is_served(self, account: str) -> bool:
        """Whether a colleague takes people on for the account now, or a department serves it."""
        answer = self._client.call("kf/servicer/list", {"open_kfid": account}, method="get")
        served = answer.get("servicer_list") or []
        return any(one.get("department_id") or one.get("status") == TAKES_ON for one in served)

    def hand_over(self, account: str, *, whom: str, colleague: str = "") -> None:
        """Give the conversation to a colleague, or to the queue of all who serve the account."""
        body = {"open_kfid": account, "external_userid": whom, "service_state": HUMAN if colleague else QUEUE}
        self._client.call(
            "kf/service_state/trans", {**body, **({"servicer_userid": colleague} if colleague else {})}
        )


def _text(text: str) -> dict[str, Any]:
    return {"msgtype": "text", "text": {"content": cut(plain(text), TEXT_BYTES)}}
