"""The signatures of Aliyun (ACS3-HMAC-SHA256) and of Tencent Cloud (TC3-HMAC-SHA256), as both document them."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import quote


def sha256(content: bytes) -> str:
    """Hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def _mac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def _headers(headers: Mapping[str, str], names: list[str]) -> str:
    return "".join(f"{name}:{headers[name].strip()}\n" for name in names)


def query_string(parameters: Mapping[str, str]) -> str:
    """Sorted by name, each part encoded as RFC 3986 says."""
    return "&".join(
        f"{quote(name, safe='-_.~')}={quote(parameters[name], safe='-_.~')}" for name in sorted(parameters)
    )


def aliyun(
    *,
    key_id: str,
    secret: str,
    headers: Mapping[str, str],
    parameters: Mapping[str, str],
    body: bytes = b"",
    method: str = "POST",
) -> str:
    """The Authorization header. `headers`: lower-case names; host and all x-acs- are signed."""
    names = sorted(name for name in headers if name in ("host", "content-type") or name.startswith("x-acs-"))
    signed = ";".join(names)
    request = "\n".join(
        [method, "/", query_string(parameters), _headers(headers, names), signed, sha256(body)]
    )
    text = f"ACS3-HMAC-SHA256\n{sha256(request.encode())}"
    signature = _mac(secret.encode(), text).hex()
    return f"ACS3-HMAC-SHA256 Credential={key_id},SignedHeaders={signed},Signature={signature}"


def tencent(
    *,
    key_id: str,
    secret: str,
    service: str,
    headers: Mapping[str, str],
    body: bytes,
    timestamp: int,
) -> str:
    """The Authorization header. `headers`: lower-case names, with lower-case values as they are signed; all are."""
    names = sorted(headers)
    signed = ";".join(names)
    request = "\n".join(["POST", "/", "", _headers(headers, names), signed, sha256(body)])
    day = datetime.fromtimestamp(timestamp, UTC).strftime("%Y-%m-%d")
    scope = f"{day}/{service}/tc3_request"
    text = f"TC3-HMAC-SHA256\n{timestamp}\n{scope}\n{sha256(request.encode())}"
    key = _mac(_mac(_mac(f"TC3{secret}".encode(), day), service), "tc3_request")
    signature = _mac(key, text).hex()
    return f"TC3-HMAC-SHA256 Credential={key_id}/{scope}, SignedHeaders={signed}, Signature={signature}"
