"""Aliyun's SMS service (Dysmsapi of 2017-05-25), by its documented HTTP calls."""

import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import requests

from messaging.providers.errors import Ambiguous, ProviderError
from messaging.sms import errors, signing, wire
from messaging.sms.base import Account, Approval, Found, State, Text

SERVER = "https://dysmsapi.aliyuncs.com/"
VERSION = "2017-05-25"
BEIJING = ZoneInfo("Asia/Shanghai")
# SendStatus of a message, TemplateStatus of a text.
FAILED, ARRIVED = 2, 3
STATES: dict[int, State] = {0: "waiting", 1: "approved", 2: "refused"}
PAGE = 50
# A slow call, and what the clocks may differ by before the provider refuses us.
APART = timedelta(minutes=5)
NO_SUCH_TEMPLATE = "isv.SMS_TEMPLATE_ILLEGAL"


class Aliyun:
    """Calls as one access key."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._address = account.base_url or SERVER
        self._session = requests.Session()

    def send(self, text: Text) -> str:
        """Have it sent; Aliyun's number for it (BizId)."""
        answer = self._call(
            "SendSms",
            {
                "PhoneNumbers": _number(text.phone),
                "SignName": self._account.signature,
                "TemplateCode": text.number,
                "TemplateParam": json.dumps(dict(text.values), ensure_ascii=False),
                "OutId": text.key,
            },
        )
        return str(answer.get("BizId", ""))

    def find(self, *, phone: str, key: str, since: datetime, until: datetime) -> Found | None:
        """Among what went to this phone on those days in China, by our own key. Theirs may be another day than ours: of
        what was asked just before midnight, or with clocks apart.
        """
        last = (until + APART).astimezone(BEIJING).date()
        day = (since - APART).astimezone(BEIJING).date()
        while day <= last:
            if (found := self._find_on(day, phone, key)) is not None:
                return found
            day += timedelta(days=1)
        return None

    def _find_on(self, day: date, phone: str, key: str) -> Found | None:
        page = 1
        while True:
            answer = self._call(
                "QuerySendDetails",
                {
                    "PhoneNumber": _number(phone),
                    "SendDate": f"{day:%Y%m%d}",
                    "PageSize": str(PAGE),
                    "CurrentPage": str(page),
                },
            )
            rows = (answer.get("SmsSendDetailDTOs") or {}).get("SmsSendDetailDTO") or []
            for row in rows:
                if row.get("OutId") == key:
                    return _found(row)
            if len(rows) < PAGE:
                return None
            page += 1

    def approvals(self, numbers: Sequence[str]) -> dict[str, Approval]:
        """One call for each; without any, one for the signature, which proves the key as well."""
        if not numbers:
            self._call("QuerySmsSign", {"SignName": self._account.signature})
        found = {}
        for number in numbers:
            answer = self._answer("QuerySmsTemplate", {"TemplateCode": number})
            if answer.get("Code") == NO_SUCH_TEMPLATE:
                found[number] = Approval("missing")
                continue
            _require_success(answer)
            state = STATES.get(answer.get("TemplateStatus", 0), "refused")
            found[number] = Approval(state, str(answer.get("TemplateContent", "")))
        return found

    def _call(self, action: str, parameters: Mapping[str, str]) -> dict[str, Any]:
        answer = self._answer(action, parameters)
        _require_success(answer)
        return answer

    def _answer(self, action: str, parameters: Mapping[str, str]) -> dict[str, Any]:
        headers = {
            "host": urlsplit(self._address).netloc,
            "x-acs-action": action,
            "x-acs-version": VERSION,
            "x-acs-date": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "x-acs-signature-nonce": uuid.uuid4().hex,
            "x-acs-content-sha256": signing.sha256(b""),
        }
        headers["authorization"] = signing.aliyun(
            key_id=self._account.key_id, secret=self._account.secret, headers=headers, parameters=parameters
        )
        address = f"{self._address}?{signing.query_string(parameters)}"
        return wire.post(self._session, address, headers=headers, body=b"")


def _require_success(answer: dict[str, Any]) -> None:
    code = answer.get("Code")
    if not isinstance(code, str):
        raise Ambiguous("answer")
    if code != "OK":
        problem: ProviderError = errors.problem(code, errors.ALIYUN)
        raise problem


def _number(phone: str) -> str:
    return phone.removeprefix("+86")


def _found(row: dict[str, Any]) -> Found:
    status = row.get("SendStatus")
    code = str(row.get("ErrCode") or "")
    arrived = {ARRIVED: True, FAILED: False}.get(status) if isinstance(status, int) else None
    return Found(str(row.get("BizId") or ""), arrived, code[:40])
