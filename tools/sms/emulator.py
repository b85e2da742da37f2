"""The SMS services of Aliyun and Tencent Cloud: signatures checked, approved texts, receipts, and faults.

Written from both services' documentation, with signatures of its own. `texts` is the oracle: everything that was taken.
`provider`: which of the two a test speaks to. `fail` puts a fault of tools.wecom.faults before the next calls of
an action.
"""

import hashlib
import hmac
import json
import re
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, quote, urlsplit

from tools.wecom.faults import Fault

# It opens nothing but this emulator.
KEY_ID, SECRET, APPLICATION, SIGNATURE = "AKID-of-ours", "the-secret-of-ours", "1400006666", "示例科技"
LONGEST_DRIFT_SECONDS = 300
BEIJING = timezone(timedelta(hours=8))


@dataclass
class Sent:
    """One text that was taken. `arrived`: what the network says of it, None while it is not known."""

    phone: str
    number: str
    values: Any
    key: str
    provider_id: str
    at: float
    arrived: bool | None = None
    code: str = ""


@dataclass
class SmsEmulator:
    """One server that speaks both protocols, told apart by their headers. `templates`: text by approval number."""

    templates: dict[str, tuple[str, str]] = field(default_factory=dict)
    texts: list[Sent] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    seconds_behind: int = 0
    provider: str = ""
    port: int = 0
    # What the network says of each text at once; None for whoever says it later.
    arrives: bool | None = None

    def __post_init__(self) -> None:
        self._faults: dict[str, deque[Fault]] = {}
        self._lock = threading.Lock()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_args: Any) -> None:
                """Silent."""

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                outer._serve(self, body)

        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def fail(self, action: str, fault: Fault, *, times: int = 1) -> None:
        """Answer the next `times` calls of `action` with `fault`."""
        self._faults.setdefault(action, deque()).extend([fault] * times)

    def count(self, action: str) -> int:
        """How many calls of `action` arrived."""
        return self.calls.count(action)

    def _serve(self, handler: Any, body: bytes) -> None:
        is_aliyun = "x-acs-action" in handler.headers
        action = handler.headers["x-acs-action" if is_aliyun else "x-tc-action"]
        with self._lock:
            self.calls.append(action)
            waiting = self._faults.get(action)
            fault = waiting.popleft() if waiting else None
            answer: dict[str, Any] = {}
            if fault is None or fault.takes_it:
                answer = self._aliyun(handler, action) if is_aliyun else self._tencent(handler, action, body)
        if fault is not None and fault.reset:
            handler.close_connection = True
            return
        content = json.dumps(answer).encode() if fault is None else fault.body
        handler.send_response(200 if fault is None else fault.status)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)

    # Aliyun: parameters in the address, signed with its headers.

    def _aliyun(self, handler: Any, action: str) -> dict[str, Any]:
        parts = urlsplit(handler.path)
        asked = dict(parse_qsl(parts.query, keep_blank_values=True))
        refusal = self._refused_by_aliyun(handler, asked)
        if refusal:
            return {"Code": refusal, "Message": f"refused, {asked.get('PhoneNumbers', '')}", "RequestId": "R"}
        answers = {
            "SendSms": self._send_by_aliyun,
            "QuerySendDetails": self._details,
            "QuerySmsTemplate": self._template_at_aliyun,
            "QuerySmsSign": lambda _asked: {"SignStatus": 1},
        }
        return {"Code": "OK", "Message": "OK", "RequestId": "R", **answers[action](asked)}

    def _refused_by_aliyun(self, handler: Any, asked: dict[str, str]) -> str:
        found = re.fullmatch(
            r"ACS3-HMAC-SHA256 Credential=([^,]+),SignedHeaders=([^,]+),Signature=([0-9a-f]{64})",
            handler.headers["authorization"],
        )
        if not found:
            return "IncompleteSignature"
        if found[1] != KEY_ID:
            return "InvalidAccessKeyId.NotFound"
        names = found[2].split(";")
        query = "&".join(
            f"{quote(key, safe='-_.~')}={quote(asked[key], safe='-_.~')}" for key in sorted(asked)
        )
        lines = ["POST", "/", query, *(f"{name}:{handler.headers[name]}" for name in names), "", found[2]]
        request = "\n".join([*lines, hashlib.sha256(b"").hexdigest()])
        text = "ACS3-HMAC-SHA256\n" + hashlib.sha256(request.encode()).hexdigest()
        if hmac.new(SECRET.encode(), text.encode(), "sha256").hexdigest() != found[3]:
            return "SignatureDoesNotMatch"
        sent_at = datetime.strptime(handler.headers["x-acs-date"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        far = abs(time.time() - self.seconds_behind - sent_at.timestamp()) > 15 * 60
        return "InvalidTimeStamp.Expired" if far else ""

    def _send_by_aliyun(self, asked: dict[str, str]) -> dict[str, Any]:
        if asked["SignName"] != SIGNATURE:
            return {"Code": "isv.SMS_SIGNATURE_ILLEGAL"}
        state, text = self.templates.get(asked["TemplateCode"], ("missing", ""))
        if state != "approved":
            return {"Code": "isv.SMS_TEMPLATE_ILLEGAL"}
        values = json.loads(asked["TemplateParam"])
        if set(re.findall(r"\$\{(\w+)\}", text)) - set(values):
            return {"Code": "isv.TEMPLATE_MISSING_PARAMETERS"}
        sent = self._taken(asked["PhoneNumbers"], asked["TemplateCode"], values, asked["OutId"])
        return {"BizId": sent.provider_id}

    def _details(self, asked: dict[str, str]) -> dict[str, Any]:
        rows = [
            {
                "PhoneNum": sent.phone,
                "OutId": sent.key,
                "BizId": sent.provider_id,
                "SendStatus": {None: 1, False: 2, True: 3}[sent.arrived],
                "ErrCode": sent.code or ("DELIVERED" if sent.arrived else ""),
            }
            for sent in self.texts
            if sent.phone == asked["PhoneNumber"]
            and datetime.fromtimestamp(sent.at, BEIJING).strftime("%Y%m%d") == asked["SendDate"]
        ]
        start = (int(asked["CurrentPage"]) - 1) * int(asked["PageSize"])
        page = rows[start : start + int(asked["PageSize"])]
        return {"TotalCount": str(len(rows)), "SmsSendDetailDTOs": {"SmsSendDetailDTO": page}}

    def _template_at_aliyun(self, asked: dict[str, str]) -> dict[str, Any]:
        state, text = self.templates.get(asked["TemplateCode"], ("missing", ""))
        if state == "missing":
            return {"Code": "isv.SMS_TEMPLATE_ILLEGAL"}
        number = {"waiting": 0, "approved": 1, "refused": 2}[state]
        return {"TemplateStatus": number, "TemplateContent": text, "TemplateCode": asked["TemplateCode"]}

    # Tencent Cloud: JSON in the body, signed with a key that is good for a day.

    def _tencent(self, handler: Any, action: str, body: bytes) -> dict[str, Any]:
        refusal = self._refused_by_tencent(handler, body)
        asked = json.loads(body)
        if not refusal and asked.get("SmsSdkAppId", APPLICATION) != APPLICATION:
            refusal = "UnauthorizedOperation.SmsSdkAppIdVerifyFail"
        if refusal:
            return {"Response": {"Error": {"Code": refusal, "Message": "refused"}, "RequestId": "R"}}
        answers = {
            "SendSms": self._send_by_tencent,
            "PullSmsSendStatusByPhoneNumber": self._statuses,
            "DescribeSmsTemplateList": self._templates_at_tencent,
        }
        return {"Response": {"RequestId": "R", **answers[action](asked)}}

    def _refused_by_tencent(self, handler: Any, body: bytes) -> str:
        found = re.fullmatch(
            r"TC3-HMAC-SHA256 Credential=([^/]+)/([\d-]+)/sms/tc3_request, SignedHeaders=([^,]+), "
            r"Signature=([0-9a-f]{64})",
            handler.headers["authorization"],
        )
        if not found:
            return "AuthFailure.InvalidAuthorization"
        if found[1] != KEY_ID:
            return "AuthFailure.SecretIdNotFound"
        names = found[3].split(";")
        values = {name: handler.headers[name].strip() for name in names}
        values["x-tc-action"] = values.get("x-tc-action", "").lower()
        request = "\n".join(
            [
                *("POST", "/", ""),
                *(f"{name}:{values[name]}" for name in names),
                *("", found[3], hashlib.sha256(body).hexdigest()),
            ]
        )
        stamp = handler.headers["x-tc-timestamp"]
        text = "\n".join(
            [
                "TC3-HMAC-SHA256",
                stamp,
                f"{found[2]}/sms/tc3_request",
                hashlib.sha256(request.encode()).hexdigest(),
            ]
        )
        key = ("TC3" + SECRET).encode()
        for piece in (found[2], "sms", "tc3_request"):
            key = hmac.new(key, piece.encode(), "sha256").digest()
        if hmac.new(key, text.encode(), "sha256").hexdigest() != found[4]:
            return "AuthFailure.SignatureFailure"
        return "AuthFailure.SignatureExpire" if abs(self._now() - int(stamp)) > LONGEST_DRIFT_SECONDS else ""

    def _send_by_tencent(self, asked: dict[str, Any]) -> dict[str, Any]:
        state, text = self.templates.get(asked["TemplateId"], ("missing", ""))
        places = len(set(re.findall(r"\{\d+\}", text)))
        code = "Ok"
        if asked["SignName"] != SIGNATURE:
            code = "FailedOperation.SignatureIncorrectOrUnapproved"
        elif state != "approved":
            code = "FailedOperation.TemplateIncorrectOrUnapproved"
        elif places != len(asked["TemplateParamSet"]):
            code = "FailedOperation.TemplateParamSetNotMatchApprovedTemplate"
        phone = asked["PhoneNumberSet"][0]
        row = {"SerialNo": "", "PhoneNumber": phone, "Fee": 0, "Code": code, "Message": f"to {phone}"}
        if code == "Ok":
            sent = self._taken(phone, asked["TemplateId"], asked["TemplateParamSet"], asked["SessionContext"])
            row |= {"SerialNo": sent.provider_id, "Fee": 1}
        return {"SendStatusSet": [row]}

    def _statuses(self, asked: dict[str, Any]) -> dict[str, Any]:
        rows = [
            {
                "PhoneNumber": sent.phone,
                "SerialNo": sent.provider_id,
                "SessionContext": sent.key,
                "ReportStatus": "SUCCESS" if sent.arrived else "FAIL",
                "Description": sent.code or "DELIVRD",
            }
            for sent in self.texts
            if sent.phone == asked["PhoneNumber"]
            and sent.arrived is not None
            and asked["BeginTime"] <= sent.at <= asked["EndTime"] + 1
        ]
        return {"PullSmsSendStatusSet": rows[asked["Offset"] : asked["Offset"] + asked["Limit"]]}

    def _templates_at_tencent(self, asked: dict[str, Any]) -> dict[str, Any]:
        rows = [
            {
                "TemplateId": number,
                "StatusCode": {"approved": 0, "waiting": 1, "refused": -1}[self.templates[str(number)][0]],
                "TemplateContent": self.templates[str(number)][1],
            }
            for number in asked["TemplateIdSet"]
            if str(number) in self.templates
        ]
        return {"DescribeTemplateStatusSet": rows}

    def _now(self) -> float:
        return time.time() - self.seconds_behind

    def _taken(self, phone: str, number: str, values: Any, key: str) -> Sent:
        sent = Sent(phone, number, values, key, f"sms-{len(self.texts) + 1}", self._now(), self.arrives)
        self.texts.append(sent)
        return sent
