"""A mail server for tests that is read by IMAP: one account, some folders, mails with numbers that grow.

with ImapEmulator() as imap:
    imap.deliver(raw)
    imap.lose_connection_at(3)

It answers what a reader of folders asks (RFC 3501), and notes every command.
"""

import re
import socket
import socketserver
import ssl
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tools.serving import Serving

ACCOUNT, PASSWORD = "jobs@example.com", "secret-2026"


@dataclass
class Stored:
    """A mail in a folder."""

    uid: int
    raw: bytes
    received_at: datetime


@dataclass
class ImapEmulator(Serving):
    """The server. `context`: speaks TLS from the first byte. `wants_id`: opens no folder to a nameless program."""

    context: ssl.SSLContext | None = None
    wants_id: bool = False
    validity: int = 7
    folders: dict[str, list[Stored]] = field(default_factory=lambda: {"INBOX": []})
    commands: list[str] = field(default_factory=list)
    # Claims to send so many bytes for a mail, whatever its size.
    boasts: int | None = None
    silent: bool = False

    def __post_init__(self) -> None:
        self.next_uid = 1
        self.lost_uid: int | None = None
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.emulator = self

    @property
    def port(self) -> int:
        """Where it listens on 127.0.0.1."""
        return int(self._server.server_address[1])

    def deliver(self, raw: bytes, *, folder: str = "INBOX", received_at: datetime | None = None) -> int:
        """A mail has come; its number."""
        uid, self.next_uid = self.next_uid, self.next_uid + 1
        self.folders.setdefault(folder, []).append(Stored(uid, raw, received_at or datetime.now(UTC)))
        return uid

    def number_anew(self) -> None:
        """As after a repair of the server: another numbering, the same mails under other numbers."""
        self.validity += 1
        for mails in self.folders.values():
            for mail in mails:
                mail.uid += 100

    def lose_connection_at(self, uid: int) -> None:
        """Hang up once, in the middle of sending this mail."""
        self.lost_uid = uid


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    emulator: ImapEmulator

    def handle_error(self, *_: object) -> None:
        """A client that hung up is what some tests are about."""


class _LostError(Exception):
    pass


class _Handler(socketserver.StreamRequestHandler):
    server: _Server

    def setup(self) -> None:
        if self.server.emulator.context is not None:
            self.request = self.server.emulator.context.wrap_socket(self.request, server_side=True)
        super().setup()

    def handle(self) -> None:
        self.emulator = self.server.emulator
        self.may = self.named = False
        self.folder: list[Stored] = []
        if self.emulator.silent:
            time.sleep(30)
            return
        self._say("* OK emulator")
        try:
            while line := self.rfile.readline():
                self._answer(self._whole(line))
        except _LostError:
            self.request.shutdown(socket.SHUT_RDWR)

    def _whole(self, line: bytes) -> str:
        """A command with the pieces that it announces by their length."""
        while found := re.search(rb"\{(\d+)\}\r\n$", line):
            self._say("+ go on")
            piece = self.rfile.read(int(found[1]))
            line = line[: found.start()] + b'"' + piece + b'"' + self.rfile.readline()
        return line.decode().strip()

    def _answer(self, line: str) -> None:
        tag, _blank, rest = line.partition(" ")
        name, _blank, said = rest.partition(" ")
        if name == "UID":
            name, _blank, said = said.partition(" ")
        self.emulator.commands.append(f"{name} {said}".strip() if name != "LOGIN" else name)
        match name:
            case "CAPABILITY":
                self._say("* CAPABILITY IMAP4rev1 ID")
            case "LOGIN":
                self.may = [part.strip('"') for part in said.split(" ")] == [ACCOUNT, PASSWORD]
                if not self.may:
                    self._say(f"{tag} NO [AUTHENTICATIONFAILED] wrong")
                    return
            case "ID":
                self.named = True
                self._say("* ID NIL")
            case "EXAMINE":
                folder = said.strip('"')
                if folder not in self.emulator.folders or (self.emulator.wants_id and not self.named):
                    self._say(f"{tag} NO no such folder, or Unsafe Login")
                    return
                self.folder = self.emulator.folders[folder]
                self._say(f"* {len(self.folder)} EXISTS")
                self._say(f"* OK [UIDVALIDITY {self.emulator.validity}] numbering")
            case "SEARCH":
                self._say(" ".join(["* SEARCH", *(str(mail.uid) for mail in self._searched(said))]))
            case "FETCH":
                self._fetch(said)
            case "LOGOUT":
                self._say("* BYE")
            case _:
                self._say(f"{tag} BAD unknown")
                return
        self._say(f"{tag} OK done")

    def _searched(self, said: str) -> list[Stored]:
        first = int(re.search(r"UID (\d+):\*", said)[1])
        since = datetime.strptime(re.search(r"SINCE (\S+)", said)[1], "%d-%b-%Y").replace(tzinfo=UTC).date()
        last = max((mail.uid for mail in self.folder), default=0)
        return [
            mail
            for mail in self.folder
            if (mail.uid >= first or mail.uid == last) and mail.received_at.date() >= since
        ]

    def _fetch(self, said: str) -> None:
        numbers, _blank, asked = said.partition(" ")
        wanted = {int(number) for number in numbers.split(",")}
        for place, mail in enumerate(self.folder, start=1):
            if mail.uid not in wanted:
                continue
            if "BODY.PEEK[" not in asked:
                at = mail.received_at.strftime("%d-%b-%Y %H:%M:%S +0000")
                self._say(f'* {place} FETCH (UID {mail.uid} RFC822.SIZE {len(mail.raw)} INTERNALDATE "{at}")')
                continue
            body, name = mail.raw, "BODY[]"
            if "HEADER" in asked:
                body, name = mail.raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n", "BODY[HEADER]<0>"
            size = self.emulator.boasts or len(body)
            self.wfile.write(f"* {place} FETCH (UID {mail.uid} {name} {{{size}}}\r\n".encode())
            if self.emulator.lost_uid == mail.uid:
                self.emulator.lost_uid = None
                self.wfile.write(body[: len(body) // 2])
                raise _LostError
            self.wfile.write(body + b")\r\n")

    def _say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")
