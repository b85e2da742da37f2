"""Tencent Cloud's SMS service (API 2021-01-11), by its documented HTTP calls."""

import json
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import requests
from django.utils import timezone

from messaging.providers.errors import Ambiguous
from messaging.sms import errors, signing, wire
from messaging.sms.base import Account, Approval, Found, State, Text

SERVER = "https://sms.tencentcloudapi.com/"
VERSION, REGION, SERVICE = "2021-01-11", "ap-guangzhou", "sms"
JSON = "application/json; charset=utf-8"
STATES: dict[int, State] = {0: "approved", 1: "waiting", -1: "refused"}
PAGE = 100
# Our clock and theirs are not the same.
BEFORE = timedelta(minutes=5)


class Tencent:
    """Calls as one SecretId, for one SMS application."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._address = account.base_url or SERVER
        self._session = requests.Session()

    def send(self, text: Text) -> str:
        """Have it sent; Tencent Cloud's number for it (SerialNo). Variables go by their place."""
        answer = self._call(
            "SendSms",
            {
                "PhoneNumberSet": [text.phone],
                "SmsSdkAppId": self._account.application,
                "SignName": self._account.signature,
                "TemplateId": text.number,
                "TemplateParamSet": list(text.values.values()),
                "SessionContext": text.key,
            },
        )
        sent = answer.get("SendStatusSet")
        if not isinstance(sent, list) or len(sent) != 1 or not isinstance(sent[0].get("Code"), str):
            raise Ambiguous("answer")
        if sent[0]["Code"] != "Ok":
            raise errors.problem(sent[0]["Code"], errors.TENCENT)
        return str(sent[0].get("SerialNo", ""))

    def find(self, *, phone: str, key: str, since: datetime, until: datetime) -> Found | None:
        """Among what went to this phone since then, by our own key; what has no receipt yet is not in the list."""
        offset = 0
        while True:
            answer = self._call(
                "PullSmsSendStatusByPhoneNumber",
                {
                    "BeginTime": int((since - BEFORE).timestamp()),
                    "EndTime": int(timezone.now().timestamp()),
                    "Offset": offset,
                    "Limit": PAGE,
                    "PhoneNumber": phone,
                    "SmsSdkAppId": self._account.application,
                },
            )
            rows = answer.get("PullSmsSendStatusSet") or []
            for row in rows:
                if row.get("SessionContext") == key:
                    arrived = row.get("ReportStatus") == "SUCCESS"
                    return Found(str(row.get("SerialNo", "")), arrived, str(row.get("Description", ""))[:40])
            if len(rows) < PAGE:
                return None
            offset += PAGE

    def approvals(self, numbers: Sequence[str]) -> dict[str, Approval]:
        """One call for all of them; without any, one for a number that nobody has, which proves the key."""
        asked = [int(number) for number in numbers if number.isdigit()]
        answer = self._call("DescribeSmsTemplateList", {"TemplateIdSet": asked or [1], "International": 0})
        rows = answer.get("DescribeTemplateStatusSet") or []
        known = {
            str(row.get("TemplateId")): Approval(
                STATES.get(row.get("StatusCode", 1), "refused"), str(row.get("TemplateContent", ""))
            )
            for row in rows
        }
        return {number: known.get(number, Approval("missing")) for number in numbers}

    def _call(self, action: str, parameters: dict[str, Any]) -> dict[str, Any]:
        timestamp = int(time.time())
        body = json.dumps(parameters, ensure_ascii=False).encode()
        signed = {
            "content-type": JSON,
            "host": urlsplit(self._address).netloc,
            "x-tc-action": action.lower(),
        }
        headers = {
            "content-type": JSON,
            "host": signed["host"],
            "x-tc-action": action,
            "x-tc-version": VERSION,
            "x-tc-region": REGION,
            "x-tc-timestamp": str(timestamp),
            "authorization": signing.tencent(
                key_id=self._account.key_id,
                secret=self._account.secret,
                service=SERVICE,
                headers=signed,
                body=body,
                timestamp=timestamp,
            ),
        }
        answer = wire.post(self._session, self._address, headers=headers, body=body).get("Response")
        if not isinstance(answer, dict):
            raise Ambiguous("answer")
        refusal = answer.get("Error")
        if isinstance(refusal, dict):
            raise errors.problem(str(refusal.get("Code", "")), errors.TENCENT)
        return answer
