"""The company's address book, and who signs in, as an application may ask for them."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from messaging.wecom.client import WeComClient

WHOLE_COMPANY = 1
MOST_IDS = 10_000


@dataclass(frozen=True)
class Department:
    """A department by its number; the company is number 1 and has no parent."""

    number: int
    name: str
    parent: int


@dataclass(frozen=True)
class Colleague:
    """A colleague by their user id: name and departments are all that applications are told."""

    userid: str
    name: str
    departments: tuple[int, ...]


@dataclass(frozen=True)
class Private:
    """What a colleague agreed to be told of them on the sign-in page."""

    userid: str
    mobile: str = field(repr=False)
    email: str = field(repr=False)


class Contacts:
    """Each call raises a ProviderError."""

    def __init__(self, client: WeComClient) -> None:
        self._client = client

    def departments(self) -> list[Department]:
        """Every department that the application sees."""
        answer = self._client.call("department/list", {}, method="get")
        return [
            Department(int(one["id"]), str(one["name"]), int(one["parentid"]))
            for one in answer.get("department") or []
        ]

    def colleagues(self, department: int = WHOLE_COMPANY) -> list[Colleague]:
        """The colleagues of a department and of those below it."""
        body = {"department_id": department, "fetch_child": 1}
        answer = self._client.call("user/simplelist", body, method="get")
        return [
            Colleague(str(one["userid"]), str(one["name"]), tuple(one.get("department") or ()))
            for one in answer.get("userlist") or []
        ]

    def tree(self) -> dict[int, int]:
        """The number of each department that the application sees, with that of the one above it: no names."""
        answer = self._client.call("department/simplelist", {}, method="get")
        return {int(one["id"]): int(one["parentid"]) for one in answer.get("department_id") or []}

    def everybody(self) -> Iterator[tuple[str, int]]:
        """Every user id of the company with a department, once for each of them: only to the secret of the address book
        (通讯录同步), ConfigurationProblem for another one."""
        cursor = ""
        while True:
            answer = self._client.call("user/list_id", {"cursor": cursor, "limit": MOST_IDS})
            for one in answer.get("dept_user") or []:
                yield str(one["userid"]), int(one["department"])
            following = str(answer.get("next_cursor") or "")
            if following in ("", cursor):
                return
            cursor = following

    def who_signs_in(self, code: str) -> str | None:
        """The user id behind a code of WeCom's sign-in page, None for somebody outside the company.

        A code is good once, for five minutes: ContentProblem afterwards.
        """
        return self._signed_in(code)[0]

    def private(self, code: str) -> Private | None:
        """The same with mobile and e-mail, where the colleague agreed to that; None for everybody else."""
        userid, ticket = self._signed_in(code)
        if userid is None or not ticket:
            return None
        told = self._client.call("auth/getuserdetail", {"user_ticket": ticket})
        return Private(userid, str(told.get("mobile", "")), str(told.get("email", "")))

    def _signed_in(self, code: str) -> tuple[str | None, str]:
        answer = self._client.call("auth/getuserinfo", {"code": code}, method="get")
        userid = str(answer["userid"]) if answer.get("userid") else None
        return userid, str(answer.get("user_ticket") or "")
