"""How an OpenAI-compatible address is asked, and what it means when it does not answer."""

import json
import time
from typing import Any

import httpx

from recruitment.evaluation.providers.protocol import Health, NotNowError

LATER = {408, 409, 425, 429}
LONGEST_CONNECT = 10.0
# More than this nobody reads; whoever asks may take less.
MOST_READ = 16 * 1024**2


class Service:
    """The model that `model` names at `url`. `model_setting` is the setting that names it."""

    sends_data_out = True
    model_setting: str

    def __init__(self, *, url: str, key: str, model: str, seconds: float) -> None:
        self._url, self._key, self.name = url.rstrip("/"), key, model
        self._seconds = seconds
        self._timeout = httpx.Timeout(seconds, connect=min(LONGEST_CONNECT, seconds))

    def health(self) -> Health:
        """Whether address and model are set: not_configured."""
        missing = [
            name
            for name, value in (("HRSUITE_AI_URL", self._url), (self.model_setting, self.name))
            if not value
        ]
        return Health(
            works=not missing, code="not_configured" if missing else "", details={"missing": missing}
        )

    def post(self, path: str, **content: Any) -> httpx.Response:
        """Its answer, be it a success or a refusal of what was asked: whole within the time it has, however slowly it
        drips, and cut off behind MOST_READ bytes.

        NotNowError: not_configured (also an address or a key that cannot be written in a call), unreachable, busy,
        service_failed, key_refused.
        """
        if not self.health().works:
            raise NotNowError("not_configured")
        headers = {"Authorization": f"Bearer {self._key}"} if self._key else {}
        end = time.monotonic() + self._seconds
        try:
            with (
                httpx.Client(timeout=self._timeout, trust_env=False) as client,
                client.stream("POST", f"{self._url}/{path}", headers=headers, **content) as coming,
            ):
                answer = httpx.Response(coming.status_code, content=_read(coming, end))
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, UnicodeError) as error:
            raise NotNowError("not_configured") from error
        except httpx.HTTPError as error:
            raise NotNowError("unreachable") from error
        if answer.status_code in {401, 403}:
            raise NotNowError("key_refused")
        if answer.status_code in LATER:
            raise NotNowError("busy")
        if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise NotNowError("service_failed")
        return answer


def _read(coming: httpx.Response, end: float) -> bytes:
    """The body. httpx.ReadTimeout: its pieces came, but not all of them by `end`."""
    body = bytearray()
    for piece in coming.iter_bytes():
        body += piece
        if len(body) > MOST_READ:
            break
        if time.monotonic() > end:
            raise httpx.ReadTimeout("the answer came too slowly", request=coming.request)
    return bytes(body)


def as_json(said: str | bytes) -> Any:
    """What a service said, read. ValueError: no JSON, nested without end, or with characters that nothing keeps."""
    try:
        read = json.loads(said)
        # A half of a character cannot be encoded: that is a ValueError, too.
        whole = json.dumps(read, ensure_ascii=False).encode()
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if b"\\u0000" in whole:
        raise ValueError("a character that no database keeps")
    return read


class Chat(Service):
    """The language model of the evaluation (`POST …/chat/completions`). Answers leave the house: only with the
    candidate's consent."""

    model_setting = "HRSUITE_AI_SCORING_MODEL"

    def say(
        self, messages: list[dict[str, str]], *, wanted: dict[str, Any], most_tokens: int
    ) -> httpx.Response:
        """Its answer in the form `wanted`, with as little chance as the service can do: the same question is to get
        the same answer. NotNowError: as `post`."""
        body = {
            "model": self.name,
            "messages": messages,
            "response_format": wanted,
            "temperature": 0,
            "seed": 1,
            "max_tokens": most_tokens,
        }
        return self.post("chat/completions", json=body)


def strictly(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """The form of an answer: JSON by this schema and nothing else."""
    return {"type": "json_schema", "json_schema": {"name": name, "strict": True, "schema": schema}}


def conversation(orders: str, given: str) -> list[dict[str, str]]:
    """What the model is to do, and what it is given to do it on."""
    return [{"role": "system", "content": orders}, {"role": "user", "content": given}]


def content_of(answer: Any) -> str:
    """What the model said; "" where the service's answer has no such thing."""
    try:
        return str(answer["choices"][0]["message"]["content"])
    except (KeyError, IndexError, TypeError):
        return ""
