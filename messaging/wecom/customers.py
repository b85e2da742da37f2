"""客户联系: people outside who become a colleague's contact by scanning a code, and what may be said to them.

A message to many is a task for the colleagues: nothing is sent before they confirm it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from messaging.wecom.client import WeComClient
from messaging.wecom.errors import AlreadyDone, Ambiguous, ContentProblem, RecipientProblem
from messaging.wecom.text import cut, plain

TEXT_BYTES = 4000
# What comes back with whoever scanned: letters.
LONGEST_STATE = 30
MOST_COLLEAGUES, MOST_CUSTOMERS = 100, 10_000
BY_ONE, CODE = 1, 2
NO_CONTACT = 84061
TASK_DONE = 2
SENT = 1


@dataclass(frozen=True)
class Way:
    """A code to scan: WeCom's number for it, where its picture is, whose it is, and the state that comes back."""

    number: str
    picture: str
    colleague: str
    state: str


@dataclass(frozen=True)
class Contact:
    """Somebody outside, with the colleague whose contact they are and the state they came by."""

    external_userid: str
    name: str
    colleague: str
    state: str


@dataclass(frozen=True)
class Task:
    """A message to many, waiting for colleagues: WeCom's number for it, and who is nobody's contact."""

    number: str
    left_out: tuple[str, ...]


class CustomerContact:
    """Each call raises a ProviderError."""

    def __init__(self, client: WeComClient) -> None:
        self._client = client

    def add_way(self, colleague: str, *, state: str) -> Way:
        """A new code for one colleague, good until it is dropped. Made twice there are two: WeCom knows no name of ours
        for one. ContentProblem before any call for a state that is too long."""
        if len(state) > LONGEST_STATE:
            raise ContentProblem("state")
        body = {"type": BY_ONE, "scene": CODE, "state": state, "user": [colleague], "skip_verify": True}
        answer = self._call("add_contact_way", body)
        if not answer.get("config_id"):
            raise Ambiguous("answer")
        return Way(str(answer["config_id"]), str(answer.get("qr_code", "")), colleague, state)

    def way(self, number: str) -> Way:
        """A code as it stands."""
        found = self._call("get_contact_way", {"config_id": number})["contact_way"]
        colleague = str((found.get("user") or [""])[0])
        return Way(number, str(found.get("qr_code", "")), colleague, str(found.get("state", "")))

    def give_way(self, number: str, *, colleague: str) -> None:
        """The code leads to another colleague from now on."""
        self._call("update_contact_way", {"config_id": number, "user": [colleague]})

    def drop_way(self, number: str) -> None:
        """The code leads nowhere any more; who came by it stays a contact."""
        self._call("del_contact_way", {"config_id": number})

    def known(self, external_userid: str) -> list[Contact]:
        """One person outside, with each colleague whose contact they are; RecipientProblem for nobody's."""
        answer = self._get("get", {"external_userid": external_userid})
        name = str(answer["external_contact"].get("name", ""))
        return [
            Contact(external_userid, name, str(one["userid"]), str(one.get("state", "")))
            for one in answer.get("follow_user") or []
        ]

    def of(self, colleague: str) -> list[str]:
        """The external user ids of a colleague's contacts."""
        try:
            return [str(one) for one in self._get("list", {"userid": colleague}).get("external_userid") or []]
        except RecipientProblem as error:
            if error.errcode == NO_CONTACT:
                return []
            raise

    def of_all(self, colleagues: Sequence[str]) -> Iterator[Contact]:
        """The contacts of many colleagues, as many calls as it takes."""
        for first in range(0, len(colleagues), MOST_COLLEAGUES):
            asked = {"userid_list": list(colleagues[first : first + MOST_COLLEAGUES])}
            for one in self._pages("batch/get_by_user", asked, "external_contact_list", at_once=100):
                outside, follows = one["external_contact"], one["follow_info"]
                yield Contact(
                    str(outside["external_userid"]),
                    str(outside.get("name", "")),
                    str(follows["userid"]),
                    str(follows.get("state", "")),
                )

    def welcome(self, code: str, *, text: str) -> bool:
        """Greet who just became a contact, within 20 seconds, once. False where they were greeted, or have begun to
        chat; ContentProblem when it is too late."""
        try:
            self._call("send_welcome_msg", {"welcome_code": code, **_text(text)})
        except AlreadyDone:
            return False
        return True

    def ask_to_send(self, people: Sequence[str], *, text: str, colleague: str = "") -> Task:
        """Ask colleagues, or one of them, to send a text to at most 10,000 of their contacts."""
        if not 1 <= len(people) <= MOST_CUSTOMERS:
            raise ContentProblem("people")
        body: dict[str, Any] = {"chat_type": "single", "external_userid": list(people), **_text(text)}
        answer = self._call("add_msg_template", {**body, **({"sender": colleague} if colleague else {})})
        if not answer.get("msgid"):
            raise Ambiguous("answer")
        return Task(str(answer["msgid"]), tuple(str(one) for one in answer.get("fail_list") or []))

    def confirmed(self, task: str) -> dict[str, bool]:
        """Of each colleague who was asked, whether they have sent it."""
        found = self._pages("get_groupmsg_task", {"msgid": task}, "task_list", at_once=1000)
        return {str(one["userid"]): one["status"] == TASK_DONE for one in found}

    def reached(self, task: str, *, colleague: str) -> dict[str, bool]:
        """Of each contact of one colleague, whether it was sent to them."""
        asked = {"msgid": task, "userid": colleague}
        found = self._pages("get_groupmsg_send_result", asked, "send_list", at_once=1000)
        return {str(one["external_userid"]): one["status"] == SENT for one in found}

    def remind(self, task: str) -> None:
        """Remind whoever has not sent it: three times in 24 hours, then Quota."""
        self._call("remind_groupmsg_send", {"msgid": task})

    def _pages(
        self, endpoint: str, asked: dict[str, Any], named: str, *, at_once: int
    ) -> Iterator[dict[str, Any]]:
        cursor = ""
        while True:
            answer = self._call(endpoint, {**asked, "limit": at_once, "cursor": cursor})
            yield from answer.get(named) or []
            following = str(answer.get("next_cursor") or "")
            if following in ("", cursor):
                return
            cursor = following

    def _call(self, endpoint: str, body: dict[str, Any]) -> dict[str, Any]:
        return self._client.call(f"externalcontact/{endpoint}", body)

    def _get(self, endpoint: str, asked: dict[str, Any]) -> dict[str, Any]:
        return self._client.call(f"externalcontact/{endpoint}", asked, method="get")


def _text(text: str) -> dict[str, Any]:
    return {"text": {"content": cut(plain(text), TEXT_BYTES)}}
