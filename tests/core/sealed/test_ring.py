"""The key ring: made once, readable by its owner, never replaced by another one."""

import json
from pathlib import Path

import pytest

from core.errors import Refused
from core.sealed import registry, ring
from core.sealed.models import SealingKey

PLACE = "recruitment_candidate.phone"


def test_a_value_opens_where_it_was_sealed_and_nowhere_else(own_ring: Path) -> None:
    held = ring.ring()
    one, two = (held.seal("+8613800138000", PLACE, marked=True) for _ in range(2))
    assert one != two and one[: ring.MARKED] == two[: ring.MARKED]
    assert "138" not in one.split(":")[1] and held.unseal(one, PLACE) == "+8613800138000"
    assert held.mark("+8613800138000", "people_employee.phone") not in one
    changed = one[:-3] + ("A" if one[-3] != "A" else "B") + one[-2:]
    for value, place in (
        (one, "recruitment_candidate.email"),
        (changed, PLACE),
        ("s:x", PLACE),
        ("s:::", PLACE),
    ):
        with pytest.raises(Refused) as refused:
            held.unseal(value, place)
        assert refused.value.code in {"sealed_value_unreadable", "sealing_key_missing"}
        assert "13800138000" not in str(refused.value.message)


def test_its_file_is_its_owners_alone_and_holds_what_is_needed(own_ring: Path) -> None:
    assert own_ring.stat().st_mode & 0o777 == 0o600
    said = json.loads(own_ring.read_text())
    assert said.keys() == {"version", "present", "index", "keys"}
    assert set(ring.numbers()) == set(SealingKey.objects.values_list("number", flat=True))


def test_a_lost_ring_is_asked_for_and_never_made_anew(own_ring: Path) -> None:
    kept = own_ring.read_bytes()
    own_ring.unlink()
    for ask in (ring.ring, registry.require, registry.keep):
        with pytest.raises(Refused) as refused:
            ask()
        assert (refused.value.code, own_ring.exists()) == ("key_ring_missing", False)
    own_ring.write_bytes(kept)
    registry.require()


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{}", b'{"keys": {"a": {}}, "present": "a", "index": ""}', b"\xff"]
)
def test_a_damaged_ring_is_refused_in_words(own_ring: Path, content: bytes) -> None:
    own_ring.write_bytes(content)
    with pytest.raises(Refused) as refused:
        ring.ring()
    assert refused.value.code == "key_ring_unreadable"


def test_another_ring_does_not_pass_for_this_one(own_ring: Path, tmp_path: Path, settings) -> None:
    before = set(ring.numbers())
    own_ring.rename(tmp_path / "kept")
    wanted = list(SealingKey.objects.values_list("number", flat=True))
    SealingKey.objects.all().delete()
    ring.ring()
    SealingKey.objects.bulk_create([SealingKey(number=number) for number in wanted])
    with pytest.raises(Refused) as refused:
        registry.require()
    assert refused.value.code == "sealing_key_missing"
    assert all(number in str(refused.value.message) for number in before)
    assert not before & set(ring.numbers())


def test_a_new_key_is_seen_without_a_restart_and_the_old_one_still_reads(own_ring: Path) -> None:
    sealed = ring.ring().seal("甲", PLACE)
    number = ring.add_key()
    assert ring.ring().present == number
    assert ring.ring().unseal(sealed, PLACE) == "甲"
    assert f":{number}:" in ring.ring().seal("甲", PLACE)
