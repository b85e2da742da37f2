"""An AI-interview vendor in thirty lines: starts an interview, finishes a stage, reports an exit.

python vendor_sender.py https://hr.example.com yimian SECRET REFERENCE

Needs nothing but Python. A report may be sent again as often as needed: its `id` makes it count once.
"""

import hashlib
import hmac
import json
import sys
import time
import urllib.request
import uuid
from datetime import UTC, datetime


def send(base: str, code: str, secret: str, report: dict) -> dict:
    """Sign and send one report; returns the answer."""
    body = json.dumps(report).encode()
    timestamp = str(int(time.time()))
    signature = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    headers = {"Content-Type": "application/json", "X-Timestamp": timestamp, "X-Signature": signature}
    request = urllib.request.Request(f"{base}/vendors/{code}/events", body, headers, method="POST")
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def main(base: str, code: str, secret: str, reference: str) -> None:
    """Three reports of one interview."""
    for event in (
        {"event": "started"},
        {"event": "stage_done", "stage": 1, "scores": [{"competency": "communication", "value": 82}]},
        {"event": "exited", "cause": "network"},
    ):
        report = {
            "id": str(uuid.uuid4()),
            "interview": reference,
            "at": datetime.now(UTC).isoformat(),
            **event,
        }
        print(event["event"], send(base, code, secret, report))


if __name__ == "__main__":
    main(*sys.argv[1:5])
