"""Where recordings and backups are stored, from the environment."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from core.env import env, home, media


def recordings_storage() -> dict[str, Any]:
    """Where recordings lie: files below media(), or the bucket of HRSUITE_S3_URL."""
    if given := env.str("HRSUITE_S3_URL", default=""):
        return _bucket("HRSUITE_S3_URL", given)
    location = media() / "recordings"
    return {"BACKEND": "recruitment.recordings.storage.RecordingFiles", "OPTIONS": {"location": location}}


def backups_storage() -> dict[str, Any]:
    """Where backups lie: the bucket or folder of HRSUITE_BACKUP_TO, by default home()/backups."""
    given = env.str("HRSUITE_BACKUP_TO", default="")
    if given.startswith(("http://", "https://")):
        return _bucket("HRSUITE_BACKUP_TO", given)
    return {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": Path(given) if given else home() / "backups",
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    }


def _bucket(setting: str, given: str) -> dict[str, Any]:
    """The bucket of an address https://KEY:SECRET@HOST/BUCKET?region=REGION.

    Key and secret percent-encoded where they need it.
    """
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
        raise ValueError(f"{setting} must read https://KEY:SECRET@HOST/BUCKET?region=REGION")
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
