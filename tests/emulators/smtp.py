"""A mail server for tests: accepts mail, refuses at any command, or loses the connection before or after
taking it.

with SmtpEmulator() as smtp:
    smtp.refuse("RCPT", 550)
"""

import email
import email.policy
import socket
import socketserver
import threading
import time
from dataclasses import dataclass, field
from email.message import EmailMessage

from tools.serving import Serving


@dataclass(frozen=True)
class Mail:
    """One mail the server took."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes

    @property
    def parsed(self) -> EmailMessage:
        """The mail as a mailbox reads it."""
        return email.message_from_bytes(self.raw, policy=email.policy.default)


@dataclass
class SmtpEmulator(Serving):
    """The server. `commands` is everything that was said to it, `mails` everything it took."""

    mails: list[Mail] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._refusals: dict[str, list[int]] = {}
        self._losses: list[str] = []
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.emulator = self

    @property
    def port(self) -> int:
        """Where it listens on 127.0.0.1."""
        return int(self._server.server_address[1])

    def refuse(self, command: str, status: int, *, times: int = 1) -> None:
        """Answer the next `times` uses of a command (CONNECT, MAIL, RCPT, DATA, TEXT) with `status`.

        TEXT is the answer after the whole mail has arrived.
        """
        with self._lock:
            self._refusals.setdefault(command, []).extend([status] * times)

    def lose_connection(self, when: str, *, times: int = 1) -> None:
        """Hang up at a command's place, or `AFTER_TEXT`: the mail is taken and the answer never sent.

        `HANG_AFTER_TEXT` takes the mail and stays silent for two seconds.
        """
        with self._lock:
            self._losses.extend([when] * times)

    def refusal(self, command: str) -> int | None:
        """The status to refuse this command with, if one is due."""
        with self._lock:
            waiting = self._refusals.get(command)
            return waiting.pop(0) if waiting else None

    def loses(self, when: str) -> bool:
        """Whether the connection is to be lost here."""
        with self._lock:
            if when in self._losses:
                self._losses.remove(when)
                return True
            return False


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    emulator: SmtpEmulator

    def handle_error(self, *_: object) -> None:
        """A client that hung up is what many tests are about."""


class _Handler(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        emulator = self.server.emulator
        if not self._allowed("CONNECT", 220):
            return
        sender = ""
        recipients: list[str] = []
        while line := self.rfile.readline():
            text = line.decode("utf-8", "replace").strip()
            emulator.commands.append(text)
            command = text.split(" ")[0].split(":")[0].upper()
            match command:
                case "EHLO" | "HELO" | "RSET" | "NOOP":
                    self._say(250)
                case "MAIL" if self._allowed("MAIL", 250):
                    sender, recipients = _address(text), []
                case "RCPT" if self._allowed("RCPT", 250):
                    recipients.append(_address(text))
                case "DATA" if self._allowed("DATA", 354):
                    if not self._take(sender, tuple(recipients)):
                        return
                case "QUIT":
                    self._say(221)
                    return
                case "MAIL" | "RCPT" | "DATA":
                    pass  # refused above, or the connection is lost and the next read says so
                case _:
                    self._say(502)

    def _take(self, sender: str, recipients: tuple[str, ...]) -> bool:
        """Read the mail and store it; False when the connection is over."""
        emulator = self.server.emulator
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        if (status := emulator.refusal("TEXT")) is not None:
            self._say(status)
            return True
        emulator.mails.append(Mail(sender, recipients, b"".join(lines)))
        if emulator.loses("AFTER_TEXT"):
            self.connection.shutdown(socket.SHUT_RDWR)
            return False
        if emulator.loses("HANG_AFTER_TEXT"):
            time.sleep(2)
            return False
        self._say(250)
        return True

    def _allowed(self, command: str, status: int) -> bool:
        """Answer a command as planned; False when it was refused or the connection lost."""
        emulator = self.server.emulator
        if emulator.loses(command):
            self.connection.shutdown(socket.SHUT_RDWR)
            return False
        refused = emulator.refusal(command)
        self._say(status if refused is None else refused)
        return refused is None

    def _say(self, status: int) -> None:
        self.wfile.write(f"{status} emulator speaks of <someone@example.com>\r\n".encode())


def _address(text: str) -> str:
    return text[text.index("<") + 1 : text.index(">")]
