"""What the demo's phones and its text messages remember from one start to the next: one file of the home.

What was set up (members, templates, who serves an account) is read anew at each start; what was shown, written, asked
and pressed is kept. Faults, tokens and codes for signing in are not.
"""

import os
import pickle
from contextlib import suppress
from pathlib import Path
from typing import Any

from tools.phone.place import MEMORY
from tools.sms.emulator import SmsEmulator
from tools.wecom.emulator import WeComEmulator


class Memory:
    """Of one home. `secret`: of the connection that the phones belong to; with another one everything is new."""

    def __init__(self, home: Path, secret: str, wecom: WeComEmulator, sms: SmsEmulator) -> None:
        self._path, self._secret, self._written = home / MEMORY, secret, b""
        self._parts: list[tuple[object, tuple[str, ...]]] = [
            (wecom, ("messages", "recalled", "seen", "tasks", "response_codes")),
            (wecom.kf, ("customers", "conversations", "log", "sent", "greetings", "tokens")),
            (wecom.approvals, ("requests",)),
            (sms, ("texts",)),
        ]

    def recall(self) -> None:
        """Bring back what was kept. A file that this release cannot read is as good as none."""
        try:
            # Written by the process before this one, for its owner alone.
            secret, kept = pickle.loads(self._path.read_bytes())  # noqa: S301
            found: list[tuple[Any, ...]] = kept
        except Exception:  # noqa: BLE001 -- unpickling fails in whatever way it likes
            return
        if secret != self._secret or [len(values) for values in found] != [
            len(names) for _, names in self._parts
        ]:
            return
        for (part, names), values in zip(self._parts, found, strict=True):
            for name, value in zip(names, values, strict=True):
                setattr(part, name, value)

    def keep(self) -> None:
        """Write down what is new since the last time. In the middle of a change it is left to the next time."""
        kept = [tuple(getattr(part, name) for name in names) for part, names in self._parts]
        with suppress(RuntimeError):
            written = pickle.dumps((self._secret, kept))
            if written == self._written:
                return
            draft = self._path.with_suffix(".draft")
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(written)
            draft.replace(self._path)
            self._written = written
