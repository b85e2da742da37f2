"""At every start of the demo: its connections lead to the emulators, as long as nobody connected real ones."""

import base64
import secrets
import socket
from pathlib import Path

from django.conf import settings
from django.urls import reverse

from core.env import env
from messaging.enums import SmsProvider
from messaging.models import ApprovalTemplate, SmsConnection, SmsTemplate, WeComConnection
from people.enums import Role
from people.models import Department, User
from tools.phone import place
from tools.phone.place import AGENT_ID, CORP_ID, KF_ACCOUNT, SCENE, TEMPLATES, TEXTS, Place
from tools.sms.emulator import KEY_ID, SECRET, SIGNATURE

COMPANY = 1
# Until a start has said where the emulators listen, nobody does: what is told by then waits, and asks no provider.
NOBODY = "http://127.0.0.1:1/"
# Somebody whom the suite does not know yet: what reading the address book shows in the demo.
NEW_DEPARTMENT, NEW_MEMBER = (900_001, "市场部", COMPANY), ("demo-zhengwei", "郑薇", [900_001])


def introduce() -> None:
    """Before the demo's story is told: its WeCom and its SMS account are known, so that what is told waits for the
    phones. Rows alone, and none where somebody has connected a WeCom of their own: `connect` says where they listen.
    """
    if _connection() is not None:
        _sms_account()


def connect(home: Path) -> Place | None:
    """Set the phones up, for the demo company alone: whoever calls this has seen that it is one. None, and nothing is
    left of them, where somebody has connected a WeCom of their own or taken the demo's out of use.
    """
    row = _connection()
    if row is None:
        SmsConnection.objects.filter(key_id=KEY_ID).delete()
        place.clear(home)
        return None
    before, port = place.read(home), env.int("HRSUITE_WEB_PORT", default=8000)
    found = Place(
        port=_port(before.port if before else 0),
        sms_port=_sms_port(before),
        secret=row.secret,
        key=before.key if before else secrets.token_urlsafe(32),
        token=before.token if before else secrets.token_hex(8),
        aes_key=before.aes_key if before else base64.b64encode(secrets.token_bytes(32)).decode().rstrip("="),
        callback=f"{'https' if settings.HTTPS else 'http'}://127.0.0.1:{port}{reverse('wecom-hook')}",
        kf_url=_kf_url(),
        members=[
            NEW_MEMBER,
            *(
                (userid, name, [_number(department)])
                for userid, name, department in User.objects.filter(is_active=True)
                .exclude(wecom_userid="")
                .order_by("pk")
                .values_list("wecom_userid", "name", "department")
            ),
        ],
        departments=[
            NEW_DEPARTMENT,
            *(
                (_number(pk), name, _number(parent))
                for pk, name, parent in Department.objects.filter(parent__isnull=False)
                .order_by("path")
                .values_list("pk", "name", "parent")
            ),
        ],
        approvers=[one.wecom_userid for one in User.objects.with_role(Role.LEAD) if one.wecom_userid],
    )
    place.write(home, found)
    row.base_url = f"{found.url}/cgi-bin/"
    row.set_callback(found.token, found.aes_key)
    row.kf_account, row.kf_url = KF_ACCOUNT, _conversation(found.kf_url)
    row.save(update_fields=["base_url", "callback_pair", "kf_account", "kf_url"])
    return found


def _connection() -> WeComConnection | None:
    """The demo's own, made where there is none of anybody; with another one in the environment it goes before that."""
    if settings.WECOM["corp_id"]:
        WeComConnection.objects.filter(corp_id=CORP_ID).delete()
        return None
    row = WeComConnection.objects.filter(is_active=True).first()
    if row is None and not WeComConnection.objects.exists():
        row = WeComConnection(
            corp_id=CORP_ID,
            agent_id=AGENT_ID,
            base_url=NOBODY,
            kf_account=KF_ACCOUNT,
            kf_url=_conversation(_kf_url()),
        )
        row.secret = secrets.token_urlsafe(32)
        row.save()
        # Once: whoever takes one away is asked by a card from then on.
        ApprovalTemplate.objects.bulk_create(
            ApprovalTemplate(connection=row, kind=kind, number=number) for kind, number in TEMPLATES.items()
        )
    return row if row is not None and row.corp_id == CORP_ID else None


def _kf_url() -> str:
    return f"{settings.BASE_URL}/admin/phone/kf/"


def _conversation(kf_url: str) -> str:
    """The address of the demo's conversation with 微信客服."""
    return f"{kf_url}{KF_ACCOUNT}?enc_scene={SCENE}"


def _sms_port(before: Place | None) -> int:
    """Of the demo's own SMS account, which leads there from now on; 0 beside another one."""
    row = _sms_account()
    if row is None:
        return 0
    port = _port(before.sms_port if before else 0)
    row.base_url = f"http://127.0.0.1:{port}/"
    row.save(update_fields=["base_url"])
    return port


def _sms_account() -> SmsConnection | None:
    """The demo's own, made where there is none of anybody; None beside another one, or once it was taken out of use."""
    row = SmsConnection.objects.order_by("pk").first()
    if row is None:
        row = SmsConnection(provider=SmsProvider.ALIYUN, key_id=KEY_ID, signature=SIGNATURE, base_url=NOBODY)
        row.secret = SECRET
        row.save()
    if row.key_id != KEY_ID or not row.is_active:
        return None
    for number, (language, text) in TEXTS.items():
        SmsTemplate.objects.get_or_create(
            connection=row, number=number, defaults={"language": language, "text": text}
        )
    return row


def _port(before: int) -> int:
    """The one of before while it is free."""
    for wanted in (before, 0) if before else (0,):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", wanted))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError("no port is free")


def _number(department: int | None) -> int:
    """WeCom's number of a department: the company itself is the first."""
    top = Department.objects.filter(parent__isnull=True).order_by("pk").values_list("pk", flat=True).first()
    return COMPANY if department in (None, top) else department + COMPANY
