"""Sealed columns: plain on the row and in answers, sealed in the table, asked for by what they equal."""

from pathlib import Path

import pytest
from django.core.exceptions import FieldError, ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection
from django.db.models import Exists, OuterRef

from core.errors import Refused
from core.history.models import Change
from core.history.words import Words
from core.sealed import resealing, ring
from core.sealed.models import SealingKey
from people.models import Employee, User
from recruitment.models import Candidate, CandidateMerge, PublicApplication
from tests.factories import people
from tests.factories import recruitment as make

pytestmark = pytest.mark.django_db
PHONE, EMAIL = "+8613800138000", "zhang@example.com"


def stored(row, *columns: str) -> tuple[str, ...]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(columns)} FROM {row._meta.db_table} WHERE id = %s", [row.pk])
        return cursor.fetchone()


@pytest.fixture
def zhang() -> Candidate:
    return make.candidate(
        "张三", phone="138 0013 8000", email="Zhang@Example.com", other_contacts="微信 zhang_3"
    )


def test_the_database_holds_nothing_that_can_be_read(zhang: Candidate) -> None:
    make.candidate("李四", phone="13900139000", email="")
    whole = "\n".join(
        stored(
            zhang, "phone", "email", "other_contacts", "search_key", "to_jsonb(recruitment_candidate)::text"
        )
    )
    for secret in ("13800138000", "1380013", "example.com", "zhang@", "0008310083"):
        assert secret not in whole
    found = Candidate.objects.get(pk=zhang.pk)
    assert (found.phone, found.email, found.other_contacts) == (PHONE, EMAIL, "微信 zhang_3")
    assert stored(Candidate.objects.get(name="李四"), "email") == ("",)


def test_it_is_asked_for_by_what_it_equals(zhang: Candidate) -> None:
    li = make.candidate("李四", phone="13900139000", email="")
    rows = Candidate.objects
    assert (
        [*rows.filter(phone="138-0013-8000")]
        == [*rows.filter(email__in=["x@y.com", "ZHANG@example.com"])]
        == [zhang]
    )
    assert (
        [*rows.filter(email="")] == [*rows.exclude(email=EMAIL)] == [*rows.exclude(phone__in=[PHONE])] == [li]
    )
    assert [*rows.exclude(email="")] == [zhang] and not rows.filter(phone__in=[]).exists()
    assert rows.filter(phone__isnull=False).count() == 2
    assert {*rows.values_list("phone", flat=True)} == {PHONE, "+8613900139000"}
    assert rows.filter(pk=zhang.pk).values("phone", "email").get() == {"phone": PHONE, "email": EMAIL}
    same = Candidate.objects.filter(phone=OuterRef("phone")).exclude(pk=OuterRef("pk"))
    assert not rows.filter(Exists(same)).exists()
    for lookup in (
        {"phone__contains": "138"},
        {"email__startswith": "z"},
        {"phone__gt": "+"},
        {"email__iexact": EMAIL},
    ):
        with pytest.raises(FieldError):
            rows.filter(**lookup).exists()
    with pytest.raises(FieldError):
        rows.filter(other_contacts="微信 zhang_3").exists()


def test_every_way_of_writing_seals(zhang: Candidate) -> None:
    Candidate.objects.filter(pk=zhang.pk).update(phone="13700137000")
    zhang.email = "other@example.com"
    Candidate.objects.bulk_update([zhang], ["email"])
    [made] = Candidate.objects.bulk_create([Candidate(name="王五", phone="+8613600136000", email="w@b.com")])
    for row in (zhang, made):
        assert all(value.startswith("s:") for value in stored(row, "phone", "email"))
    zhang.refresh_from_db()
    assert (zhang.phone, zhang.email) == ("+8613700137000", "other@example.com")


def test_a_value_moved_to_another_column_is_not_opened(zhang: Candidate) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE recruitment_candidate SET other_contacts = phone WHERE id = %s", [zhang.pk])
    with pytest.raises(Refused) as refused:
        Candidate.objects.get(pk=zhang.pk)
    assert refused.value.code == "sealed_value_unreadable"


def test_a_form_knows_whom_it_has(zhang: Candidate) -> None:
    with pytest.raises(ValidationError) as refused:
        Candidate(name="甲", phone=PHONE).full_clean()
    assert {error.code for error in refused.value.error_dict["__all__"]} == {"candidate_known"}
    Candidate(name="甲", phone="+8613700137000").full_clean()
    zhang.full_clean()


def test_equal_values_are_found_by_an_index(zhang: Candidate) -> None:
    rows = Candidate.objects.filter(phone__in=[PHONE, "+8613700137000"])
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "one_candidate_per_phone" in rows.order_by().explain()
    assert "one_candidate_per_email" in Candidate.objects.filter(email=EMAIL).order_by().explain()


def test_the_history_keeps_it_sealed_and_says_it_masked(zhang: Candidate) -> None:
    zhang.phone, zhang.email = "+8613700137000", "neu@example.com"
    zhang.save()
    [change] = Change.objects.filter(model="recruitment.candidate", object_id=str(zhang.pk), did="U")
    assert all(value.startswith("s:") for value in (*change.before.values(), *change.after.values()))
    said = " ".join(Words([change], own="recruitment.candidate").sentences(change))
    assert "138****8000" in said and "137****7000" in said and "n***@example.com" in said
    assert "13800138000" not in said and "zhang@" not in said


def test_colleagues_and_employees_are_sealed_too() -> None:
    user = people.user(username="wang", phone="13800138000")
    file = Employee.objects.create(
        number="E1",
        name="王五",
        department=people.department(),
        position="分析师",
        phone="13800138000",
        email="w@b.com",
    )
    assert all(value.startswith("s:") for value in (*stored(user, "phone"), *stored(file, "phone", "email")))
    assert User.objects.get(phone="13800138000") == user and Employee.objects.get(email="W@b.com") == file


def test_what_came_over_a_page_and_what_a_merge_kept_is_sealed_too() -> None:
    opening = make.opening()
    sent = PublicApplication.objects.create(
        opening=opening, name="张三", phone="138 0013 8000", email="Zhang@Example.com", language="zh-hans",
        consent_version="1", stored_name="", file_name="x.pdf", kind="pdf", sha256="0", bytes=1, state="waiting",
    )  # fmt: skip
    kept = CandidateMerge.objects.create(
        kept=make.candidate("李四"), gone=1, name="李四", phone=PHONE, email=EMAIL, other_contacts="wx_zhang"
    )
    for row, columns in ((sent, ("phone", "email")), (kept, ("phone", "email", "other_contacts"))):
        assert all(value.startswith("s:") for value in stored(row, *columns))
    assert PublicApplication.objects.get(phone=PHONE, email=EMAIL) == sent
    assert not PublicApplication.objects.filter(phone="+8613900139000").exists()
    assert CandidateMerge.objects.get().other_contacts == "wx_zhang"


def test_keys_are_changed_while_rows_are_read(own_ring: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = [make.candidate(f"甲{n}", phone=f"1380013800{n}", email=f"a{n}@b.com") for n in range(4)]
    old = ring.ring().present
    history = Change.objects.filter(model="recruitment.candidate").count()
    monkeypatch.setattr(resealing, "SET", 2)

    class Killed(BaseException):
        pass

    def kill(_table: str, done: int) -> None:
        raise Killed

    with pytest.raises(Killed):
        resealing.rotate(tell=kill)
    new = ring.ring().present
    assert new != old and resealing.counts() == {old: 4, new: 4}
    assert not SealingKey.objects.exclude(retired_at=None).exists()
    assert [row.phone for row in Candidate.objects.order_by("pk")] == [row.phone for row in made]
    done = resealing.rotate(new=False)
    assert done == {"present": new, "rows": 2, "retired": [old], "left": {}}
    assert (
        resealing.counts() == {new: 8}
        and Change.objects.filter(model="recruitment.candidate").count() == history
    )
    assert [*Candidate.objects.filter(phone=made[0].phone)] == [made[0]]
    assert resealing.rotate(new=False)["rows"] == 0


def test_the_command_lists_checks_and_changes_keys(
    own_ring: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make.candidate("张三", phone="13800138000", email="")
    old = ring.ring().present
    for what in ("list", "check", "new", "rotate", "check"):
        call_command("keys", what, "--json")
        said = capsys.readouterr().out
    assert f'"{ring.ring().present}": 1' in said and f'"{old}": 1' not in said and "138" not in said
    own_ring.unlink()
    with pytest.raises(CommandError):
        call_command("keys", "check")
    assert not own_ring.exists()


@pytest.mark.parametrize(
    "text",
    ["s: 我认为", "s:", "s:::", "s::12345678:带空格 的", "a:b:{present}", "s::{present}:微信 zhang"],
)
def test_words_that_only_look_sealed_are_sealed_like_any_other(zhang: Candidate, text: str) -> None:
    """Of rows of before, and typed today; neither is taken for what it is not, nor passed over."""
    text = text.format(present=ring.ring().present)
    field = Candidate._meta.get_field("other_contacts")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE recruitment_candidate DROP CONSTRAINT candidate_others_are_sealed")
        cursor.execute("UPDATE recruitment_candidate SET other_contacts = %s WHERE id = %s", [text, zhang.pk])
    assert Candidate.objects.get(pk=zhang.pk).other_contacts == text
    assert (resealing.seal(Candidate, [field]), resealing.seal(Candidate, [field])) == (1, 0)
    assert ring.is_sealed(*stored(zhang, "other_contacts"))
    assert resealing.counts() == {ring.ring().present: 3}
    assert Candidate.objects.get(pk=zhang.pk).other_contacts == text
    zhang.other_contacts = text
    zhang.save()
    assert ring.is_sealed(*stored(zhang, "other_contacts"))
    zhang.refresh_from_db()
    assert zhang.other_contacts == text and ring.is_sealed(field.seal_again(text))


@pytest.mark.parametrize("plain", ["微信 zhang", "s: 我认为", "s:::", "a:b:c:d", "s::12345678:a b"])
def test_the_table_itself_takes_nothing_plain(zhang: Candidate, plain: str) -> None:
    with pytest.raises(IntegrityError, match="candidate_others_are_sealed"), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE recruitment_candidate SET other_contacts = %s WHERE id = %s", [plain, zhang.pk]
        )


def test_rows_of_before_are_sealed_in_sets_and_the_way_back_opens_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = [make.candidate(f"甲{n}", phone=f"1380013800{n}", email=f"a{n}@b.com") for n in range(3)]
    fields = [Candidate._meta.get_field(name) for name in ("email", "phone", "other_contacts")]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for rule in ("email_is", "phone_is", "others_are"):
            cursor.execute(f"ALTER TABLE recruitment_candidate DROP CONSTRAINT candidate_{rule}_sealed")
    monkeypatch.setattr(resealing, "SET", 2)
    with connection.schema_editor(atomic=False) as editor:
        resealing.unseal(Candidate, ["email", "phone", "other_contacts"], editor)
    assert stored(made[2], "phone", "email", "other_contacts") == ("+8613800138002", "a2@b.com", "")
    assert Candidate.objects.get(pk=made[2].pk).phone == "+8613800138002"
    assert resealing.seal(Candidate, fields) == 3
    assert [row.phone for row in Candidate.objects.order_by("pk")] == [row.phone for row in made]
    assert all(value.startswith("s:") for row in made for value in stored(row, "phone", "email"))
