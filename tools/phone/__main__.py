"""``python -m tools.phone HOME``: the demo's emulated WeCom and those who come into its room, until told to stop."""

import os
import signal
import sys
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

from tools.demo import visiting
from tools.phone import place
from tools.phone.memory import Memory
from tools.phone.place import AGENT_ID, CORP_ID, KF_ACCOUNT, TEMPLATES, TEXTS, Place
from tools.sms.emulator import SmsEmulator
from tools.wecom.approvals import Approvals, Template
from tools.wecom.cipher import Box
from tools.wecom.customers import CustomerService
from tools.wecom.emulator import WeComEmulator
from tools.wecom.world import Application, Department, Member

KF_NAME = "招聘助手"


def emulator_of(found: Place) -> WeComEmulator:
    """The emulator as it was set up. Its names go on from the clock: those of an earlier run are on messages."""
    emulator = WeComEmulator(
        applications=[Application(CORP_ID, AGENT_ID, found.secret)],
        members=[Member(userid, name, tuple(departments)) for userid, name, departments in found.members],
        departments=[Department(number, name, parent) for number, name, parent in found.departments],
        kf=CustomerService(
            accounts={KF_ACCOUNT: KF_NAME},
            servicers={KF_ACCOUNT: [(userid, True) for userid, _name, _departments in found.members]},
        ),
        kf_url=found.kf_url,
        approvals=Approvals(
            {number: Template(approvers=tuple(found.approvers)) for number in TEMPLATES.values()}
        ),
        key=found.key,
        port=found.port,
        first_number=int(time.time()),
    )
    emulator.calls_back_to(found.callback, Box(found.token, found.aes_key, CORP_ID))
    return emulator


def sms_of(found: Place) -> SmsEmulator:
    """The SMS provider as it was set up."""
    return SmsEmulator(
        templates={number: ("approved", text) for number, (_language, text) in TEXTS.items()},
        port=found.sms_port,
        arrives=True,
    )


def main() -> int:
    """Serve until SIGTERM; 1 where no phones are set up."""
    found = place.read(Path(sys.argv[1]))
    if found is None:
        print("no phones are set up here", file=sys.stderr)
        return 1
    over = threading.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda number, frame: over.set())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hrsuite.settings")
    suite = urlsplit(found.callback)
    wecom, sms = emulator_of(found), sms_of(found)
    memory = Memory(Path(sys.argv[1]), found.secret, wecom, sms)
    memory.recall()
    with wecom, sms:
        # Candidates have phones, too.
        visiting.begin(Path(sys.argv[1]), f"{suite.scheme}://{suite.netloc}")
        while not over.wait(1.0):
            memory.keep()
    memory.keep()
    return 0


if __name__ == "__main__":
    sys.exit(main())
