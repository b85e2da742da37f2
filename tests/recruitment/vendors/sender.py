"""A vendor as it looks from outside: signed reports over HTTP."""

import itertools
import json
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.test import Client
from django.utils import timezone

from recruitment.models import (
    Interview,
    Vendor,
)  # fmt: skip
from recruitment.vendors import signature
from recruitment.vendors.services import connections
from tests.factories import people
from tests.factories import recruitment as make

ROOT = Path(__file__).resolve().parents[3]
PER_STAGE = {1: ["communication", "teamwork"], 2: ["expertise", "reaction"], 3: ["composure", "teamwork"]}


class Sender:
    """A vendor at work on one interview: signs what it sends."""

    def __init__(self, mapping: str = "standard") -> None:
        self.vendor = Vendor.objects.create(code=f"v{Vendor.objects.count()}", name="壹面", mapping=mapping)
        self.secret = connections.renew_secret(vendor_id=self.vendor.pk, by=people.lead())
        self.vendor.refresh_from_db()
        self.interview = make.interview(make.application(stage="screening"))
        make.written_test(self.interview.application)
        connections.hand_over(
            interview_id=self.interview.pk, vendor_id=self.vendor.pk, reference="R-1", by=people.recruiter()
        )
        self.numbers = itertools.count(1)
        self.clock = timezone.now() - timedelta(minutes=30)
        self.client = Client()

    def report(self, event: str, **more: Any) -> dict[str, Any]:
        """The next report in time."""
        self.clock += timedelta(minutes=1)
        return {
            "id": f"e{next(self.numbers)}",
            "interview": "R-1",
            "event": event,
            "at": self.clock.isoformat(),
            **more,
        }

    def stage(self, number: int, value: float = 90, **more: Any) -> dict[str, Any]:
        scores = [{"competency": name, "value": value} for name in PER_STAGE[number]]
        return self.report("stage_done", stage=number, scores=scores, **more)

    def send(self, report: Any, **headers: str) -> Any:
        body = report if isinstance(report, bytes) else json.dumps(report).encode()
        timestamp = headers.pop("timestamp", str(int(time.time())))
        signed = headers.pop("signature", signature.sign(self.secret.encode(), timestamp, body))
        return self.client.post(
            f"/vendors/{headers.pop('code', self.vendor.code)}/events", body, content_type="application/json",
            headers={"X-Timestamp": timestamp, "X-Signature": signed},
        )  # fmt: skip

    def state(self) -> str:
        return Interview.objects.get(pk=self.interview.pk).state
