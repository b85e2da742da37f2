"""Files that WeCom keeps for three days (素材管理)."""

from messaging.wecom.client import WeComClient
from messaging.wecom.errors import Ambiguous, ContentProblem

LEAST_BYTES = 5
MOST_BYTES = {"image": 10 << 20, "voice": 2 << 20, "video": 10 << 20, "file": 20 << 20}


class Media:
    """Each call raises a ProviderError."""

    def __init__(self, client: WeComClient) -> None:
        self._client = client

    def upload(self, kind: str, *, name: str, content: bytes) -> str:
        """WeCom's number of the file, good for three days; uploaded twice there are two. ContentProblem before any call
        for what is too small or too large."""
        if not LEAST_BYTES <= len(content) <= MOST_BYTES[kind]:
            raise ContentProblem("size")
        number = self._client.upload("media/upload", {"type": kind}, name=name, content=content).get(
            "media_id"
        )
        if not number:
            raise Ambiguous("answer")
        return str(number)

    def download(self, number: str) -> bytes:
        """The file. ContentProblem when it is not there any more."""
        return self._client.download("media/get", {"media_id": number}, most=max(MOST_BYTES.values()))
