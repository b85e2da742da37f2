"""A small OpenID Connect server: discovery, keys, codes for one use with PKCE, and tokens that are really signed."""

import base64
import hashlib
import json
import secrets
import threading
import time
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "hr-suite", "a-secret-of-the-directory"


@cache
def own_key() -> rsa.RSAPrivateKey:
    """The directory's key: the same for every server of a run, since a tenth of a second goes into one."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class DirectoryServer:
    """`person` is who sits at the browser; `says` changes what its tokens hold, `signs` how they are signed."""

    def __init__(self) -> None:
        self.person: dict[str, Any] = {
            "sub": "00u-1",
            "email": "somebody@example.com",
            "email_verified": True,
        }
        self.says: dict[str, Any] = {}
        self.key = own_key()
        self.signs: Any = (self.key, "RS256")
        self.codes: dict[str, dict[str, str]] = {}
        self.scopes: list[str] = []

    def __enter__(self) -> Self:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_args: Any) -> None:
                """Silent."""

            def do_GET(self) -> None:
                outer.answer(self, urlsplit(self.path).path, parse_qs(urlsplit(self.path).query))

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                outer.answer(self, self.path, parse_qs(body))

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    def answer(self, handler: Any, path: str, many: dict[str, list[str]]) -> None:
        asked = {name: values[0] for name, values in many.items()}
        if path == "/.well-known/openid-configuration":
            return self._json(handler, {
                "issuer": self.url, "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token", "jwks_uri": f"{self.url}/keys",
                "token_endpoint_auth_methods_supported": ["client_secret_post"],
            })  # fmt: skip
        if path == "/keys":
            key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
            return self._json(handler, {"keys": [{**key, "kid": "1", "alg": "RS256"}]})
        if path == "/authorize":
            code = secrets.token_urlsafe(8)
            self.codes[code] = asked
            self.scopes.append(asked["scope"])
            handler.send_response(302)
            back = urlencode({"code": code, "state": asked["state"]})
            handler.send_header("Location", f"{asked['redirect_uri']}?{back}")
            return handler.end_headers()
        begun = self.codes.pop(asked.get("code", ""), None)
        shown = hashlib.sha256(asked.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(shown).decode().rstrip("=")
        if begun is None or asked["client_secret"] != SECRET or begun["code_challenge"] != challenge:
            return self._json(handler, {"error": "invalid_grant"}, 400)
        return self._json(handler, {"access_token": "x", "token_type": "Bearer", "id_token": self.token()})

    def token(self) -> str:
        now = int(time.time())
        said = {"iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 300, **self.person, **self.says}
        key, how = self.signs
        return jwt.encode({k: v for k, v in said.items() if v is not None}, key, how, headers={"kid": "1"})

    @staticmethod
    def _json(handler: Any, body: Any, status: int = 200) -> None:
        text = json.dumps(body).encode()
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(text)))
        handler.end_headers()
        handler.wfile.write(text)
