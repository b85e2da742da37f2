"""The installation's clocks: those of its programs, the database among them, and of nobody else on this machine."""

import shutil
import struct
import subprocess
from pathlib import Path

_SOURCE = Path(__file__).with_name("clocks.c")
_ETC, _LISTED = Path("/etc"), "ld.so.preload"
SECOND = 1_000_000_000


class NoClocksError(Exception):
    """The clocks cannot be moved here; the message is for people."""


def compile_for(moved: Path, library: Path) -> None:
    """The library that moves the clocks of what is started with it by what `moved` says. NoClocksError: no compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        raise NoClocksError("There is no C compiler: the clocks stay as they are.")
    words = [compiler, "-shared", "-fPIC", "-O1", f'-DWHERE="{moved}"', "-o", str(library)]
    subprocess.run([*words, str(_SOURCE), "-ldl"], check=True)


class Clocks:
    """Moved together or apart, in the mount namespace of this process. Made before what they are to move is started."""

    def __init__(self, folder: Path) -> None:
        """NoClocksError: without a C compiler they stay where they are."""
        self.file, library = folder / "moved", folder / "clocks.so"
        self.file.write_bytes(bytes(16))
        self.file.chmod(0o644)
        compile_for(self.file, library)
        # The machine's own /etc is left alone: what starts here finds a copy of it, with one line more.
        copy = folder / "etc"
        shutil.copytree(_ETC, copy, symlinks=True)
        listed = copy / _LISTED
        listed.write_text(f"{library}\n" + (listed.read_text() if listed.exists() else ""))
        subprocess.run([shutil.which("mount") or "mount", "--bind", str(copy), str(_ETC)], check=True)
        self._wall = self._running = 0

    def set_by(self, seconds: float) -> None:
        """The clock on the wall shows so many seconds more than is true, or less."""
        self._wall = int(seconds * SECOND)
        self._write()

    def sleep(self, seconds: float) -> None:
        """So much time passes that nobody here lived: on the wall, and for the clock that goes on in sleep."""
        self._wall += int(seconds * SECOND)
        self._running += int(seconds * SECOND)
        self._write()

    def _write(self) -> None:
        # In place: whoever has it before his eyes sees it.
        with self.file.open("r+b") as file:
            file.write(struct.pack("=qq", self._wall, self._running))
