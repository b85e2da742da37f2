"""An emulated WeCom behind the demo's connection while something is measured: what is sent arrives somewhere."""

from collections.abc import Iterator
from contextlib import contextmanager

from messaging.models import WeComConnection
from tools.phone.place import AGENT_ID, CORP_ID, KF_ACCOUNT, SCENE
from tools.wecom.customers import CustomerService
from tools.wecom.emulator import WeComEmulator
from tools.wecom.world import Application


@contextmanager
def connected() -> Iterator[WeComEmulator]:
    """The connection in use, or a new one, leads here; pumps that run already know within five seconds."""
    row = WeComConnection.objects.filter(is_active=True).first()
    if row is None:
        row = WeComConnection(corp_id=CORP_ID, agent_id=AGENT_ID)
    application = Application(row.corp_id, row.agent_id)
    emulator = WeComEmulator(
        applications=[application], kf=CustomerService(accounts={KF_ACCOUNT: "招聘助手"})
    )
    row.secret = application.secret
    row.base_url, row.kf_account = emulator.base_url, KF_ACCOUNT
    row.kf_url = f"{emulator.kf_url}{KF_ACCOUNT}?enc_scene={SCENE}"
    row.save()
    with emulator:
        yield emulator
