"""Which providers are connected now: read from the database every few seconds, not for each message.

What is saved here is known to this process at once, to the others within `FRESH_SECONDS`. Until something is saved, the
environment's variables say which WeCom application speaks.
"""

import time
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, cast

from django.conf import settings
from django.db.models.signals import post_delete, post_save

from messaging.models import ApprovalTemplate, SmsConnection, SmsTemplate, WeComConnection
from messaging.sms.base import Account
from messaging.wecom.cipher import Keys
from messaging.wecom.client import Settings as WeCom

FRESH_SECONDS = 5.0
WECOM_SERVER = "https://qyapi.weixin.qq.com/cgi-bin/"


@dataclass(frozen=True)
class Template:
    """An approved text."""

    kind: str
    language: str
    number: str
    text: str


@dataclass(frozen=True)
class Sms:
    """The SMS account in use, its approved texts, and the price of a segment in yuan."""

    account: Account
    templates: tuple[Template, ...]
    price: Decimal


@dataclass(frozen=True)
class Kf:
    """The account that people outside write to, and the address that leads there."""

    number: str
    url: str


@dataclass
class _Known:
    until: float = 0.0
    wecom: WeCom | None = None
    sms: Sms | None = field(default=None)
    keys: Keys | None = field(default=None)
    kf: Kf | None = None
    approvals: dict[str, str] = field(default_factory=dict)


_known = _Known()


def wecom() -> WeCom:
    """The WeCom application in use; fields are empty where nothing is set."""
    return _present().wecom or cast("WeCom", settings.WECOM)


def callback_keys() -> Keys | None:
    """What WeCom's calls to us are opened with, None where nothing is set."""
    return _present().keys


def kf() -> Kf | None:
    """The account that candidates write to, None where none is set up."""
    return _present().kf


def approval_template(kind: str) -> str | None:
    """The template by which WeCom is asked in this matter; None where it is not."""
    return _present().approvals.get(kind)


def sms() -> Sms | None:
    """The SMS account in use, None when there is none."""
    return _present().sms


def forget(**_signal: Any) -> None:
    """Read anew the next time."""
    _known.until = 0.0


def nothing_yet() -> None:
    """For whoever knows that the tables are empty: nothing is read until something is saved."""
    _known.until, _known.wecom, _known.sms, _known.keys = float("inf"), None, None, None
    _known.kf, _known.approvals = None, {}


def _present() -> _Known:
    if _known.until <= time.monotonic():
        row = WeComConnection.objects.filter(is_active=True).first()
        _known.wecom = of_wecom(row) if row else None
        _known.keys = _keys_of(row) if row else None
        _known.kf = Kf(row.kf_account, row.kf_url) if row and row.kf_account and row.kf_url else None
        _known.approvals = dict(
            ApprovalTemplate.objects.filter(connection=row).values_list("kind", "number") if row else ()
        )
        _known.sms = _read_sms()
        _known.until = time.monotonic() + FRESH_SECONDS
    return _known


def of_wecom(row: WeComConnection) -> WeCom:
    """What a client of this row needs."""
    return WeCom(
        corp_id=row.corp_id,
        agent_id=row.agent_id,
        secret=row.secret,
        base_url=row.base_url or WECOM_SERVER,
    )


def of_sms(row: SmsConnection) -> Account:
    """What a client of this row needs."""
    return Account(
        provider=row.provider,
        key_id=row.key_id,
        secret=row.secret,
        application=row.application,
        signature=row.signature,
        base_url=row.base_url,
    )


def _keys_of(row: WeComConnection) -> Keys | None:
    found = row.callback
    return Keys(token=found[0], aes_key=found[1], receive_id=row.corp_id) if found else None


def _read_sms() -> Sms | None:
    row = SmsConnection.objects.filter(is_active=True).first()
    if row is None or not row.secret:
        return None
    texts = tuple(
        Template(*values)
        for values in SmsTemplate.objects.filter(connection=row).values_list(
            "kind", "language", "number", "text"
        )
    )
    return Sms(account=of_sms(row), templates=texts, price=row.price)


for _model in (WeComConnection, ApprovalTemplate, SmsConnection, SmsTemplate):
    post_save.connect(forget, sender=_model, dispatch_uid=f"messaging.connected.{_model.__name__}")
    post_delete.connect(forget, sender=_model, dispatch_uid=f"messaging.disconnected.{_model.__name__}")
