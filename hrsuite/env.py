"""Where the suite lives and how it reads its environment: the one place that looks at os.environ.

Every setting has a name that starts with HRSUITE_, except DATABASE_URL, which is the usual one.
"""

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import environ

BASE = Path(__file__).resolve().parent.parent
env = environ.Env()


def home() -> Path:
    """The folder that holds everything this installation writes: database, key, demo.json, static files."""
    return Path(env.str("HRSUITE_HOME", default=str(BASE / "var"))).resolve()


def database_url() -> str:
    """The database to use: DATABASE_URL, else the socket of the embedded PostgreSQL below home()."""
    given = env.str("DATABASE_URL", default="")
    if given:
        return given
    from hrsuite.database import embedded  # noqa: PLC0415 -- only the embedded server needs its packages

    return embedded.url(home())


def recordings_storage() -> dict[str, Any]:
    """Where recordings lie: files below home()/media, or the bucket of HRSUITE_S3_URL.

    The address is https://KEY:SECRET@HOST/BUCKET?region=REGION; key and secret percent-encoded where they need it.
    """
    given = env.str("HRSUITE_S3_URL", default="")
    if not given:
        location = home() / "media" / "recordings"
        return {"BACKEND": "recruitment.recordings.storage.RecordingFiles", "OPTIONS": {"location": location}}
    from botocore.config import Config  # noqa: PLC0415 -- only who stores there loads it

    url = urlsplit(given)
    bucket, region = url.path.strip("/"), parse_qs(url.query).get("region", ["us-east-1"])[0]
    if (
        url.scheme not in ("http", "https")
        or not bucket
        or "/" in bucket
        or not url.username
        or not url.password
    ):
        raise ValueError("HRSUITE_S3_URL must read https://KEY:SECRET@HOST/BUCKET?region=REGION")
    host = url.netloc.rpartition("@")[2]
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "access_key": unquote(url.username),
            "secret_key": unquote(url.password),
            "bucket_name": bucket,
            "endpoint_url": f"{url.scheme}://{host}",
            "region_name": region,
            "default_acl": None,
            # Names are random: nothing is ever overwritten, and asking first would cost a request each.
            "file_overwrite": True,
            "client_config": Config(
                signature_version="s3v4",
                s3={"addressing_style": "path"},
                connect_timeout=5,
                read_timeout=20,
                retries={"max_attempts": 2},
                # The checksums that newer clients add are unknown to many compatible servers.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        },
    }


def secret_key() -> str:
    """HRSUITE_SECRET_KEY, else a random key made once and kept below home(), readable by its owner only.

    Two processes that start at the same instant agree: the file is linked into place whole, and the loser reads it.
    """
    given = env.str("HRSUITE_SECRET_KEY", default="")
    if given:
        return given
    path = home() / "secret-key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(f".{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(64))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        draft.unlink()
    return path.read_text().strip()
