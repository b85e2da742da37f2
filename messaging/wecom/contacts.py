"""The company's address book, and who signs in, as an application may ask for them."""

from dataclasses import dataclass

from messaging.wecom.client import WeComClient

WHOLE_COMPANY = 1


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

    def who_signs_in(self, code: str) -> str | None:
        """The user id behind a code of WeCom's sign-in page, None for somebody outside the company.

        A code is good once, for five minutes: ContentProblem afterwards.
        """
        answer = self._client.call("auth/getuserinfo", {"code": code}, method="get")
        return str(answer["userid"]) if answer.get("userid") else None
