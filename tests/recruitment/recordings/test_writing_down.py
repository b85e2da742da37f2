"""What is said is written down: once, by consent, whatever the service answers; and corrected beside the draft."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from core.errors import Forbidden, Invalid, Refused
from people.actors import Party
from recruitment.enums import TranscriptState
from recruitment.evaluation import providers
from recruitment.evaluation.services import scoring
from recruitment.models import Answer, Consent, Recording, Transcript
from recruitment.queries import agreed_to_evaluation
from recruitment.recordings import assembly
from recruitment.recordings.admin import transcripts
from recruitment.recordings.services import keeping, writing_down
from tests.emulators.listening import KEY, MODEL, ListeningServer
from tests.factories import api, people, recruitment
from tests.factories.recordings import cut, finish, named, put, record, sound, stored_files
from tests.factories.segments import answer, recording, segment
from tests.recruitment.room.conftest import Browser, make_interview, question_ids

pytestmark = pytest.mark.django_db


@pytest.fixture
def server(settings: Any) -> Any:
    with ListeningServer() as running:
        settings.TRANSCRIBER, settings.AI_URL = "remote", running.url
        settings.AI_KEY, settings.AI_TRANSCRIPTION_MODEL = KEY, MODEL
        yield running


def said(speaker: Browser, place: int = 0) -> Transcript:
    """An answer that the candidate recorded, made playable: its transcript, owed."""
    question = question_ids(speaker.interview, 1)[place]
    assert finish(speaker, question, record(speaker, question, cut(sound(1), 2))).status_code == 200
    answer = Answer.objects.get(question=question)
    assert assembly.assemble_answer(answer_id=answer.pk) == 1
    return Transcript.objects.get(recording__segment__answer=answer)


def standing(transcript: Transcript) -> tuple[str, str]:
    transcript.refresh_from_db()
    return str(transcript.state), transcript.reason


def test_a_recording_that_plays_is_owed_and_written_down_once(speaker: Browser, server: Any) -> None:
    transcript = said(speaker)
    assert standing(transcript) == ("owed", "")
    assert writing_down.write_owed() == 1
    assert writing_down.write_owed() == 0
    assert [(each["path"], each["model"], each["file"]) for each in server.asked] == [
        ("/v1/audio/transcriptions", MODEL, "recording.webm")
    ]
    transcript.refresh_from_db()
    assert (transcript.state, transcript.language, transcript.model) == ("written", "zh", MODEL)
    assert transcript.pieces == [
        {"from": 0.5, "to": 1.75, "text": "我先听他说完,", "confidence": 0.9, "words": [[0.5, 0.7, "我"]]},
        {"from": 2.5, "to": 3.9, "text": "记下问题。", "confidence": 0.3, "words": [[2.5, 2.9, "记下"]]},
    ]
    assert transcript.measures == {}


def test_a_recording_made_again_as_it_was_owes_nothing_new(speaker: Browser, server: Any) -> None:
    transcript = said(speaker)
    writing_down.write_owed()
    writing_down.owe(transcript.recording)
    assert standing(transcript)[0] == "written"
    Recording.objects.filter(pk=transcript.recording_id).update(stored_name="plays/longer.webm")
    writing_down.owe(Recording.objects.get(pk=transcript.recording_id))
    transcript.refresh_from_db()
    assert (transcript.state, transcript.pieces, transcript.file) == ("owed", None, "plays/longer.webm")


@pytest.mark.parametrize("adds", [True, False])
def test_an_answer_that_was_open_once_more_is_listened_to_only_where_it_is_new(
    speaker: Browser, server: Any, adds: bool
) -> None:
    """Asked further, the candidate records more, or hands it in as it is: what was written down before stays."""
    transcript = said(speaker)
    writing_down.write_owed()
    writing_down.correct(
        transcript_id=transcript.pk, texts=["我先听他说完。", "记下问题。"], by=people.lead()
    )
    spoken = Answer.objects.get()
    Answer.objects.filter(pk=spoken.pk).update(finished_at=None)
    segments = [named(cut(sound(1), 2))]
    if adds:
        segments.append(record(speaker, spoken.question_id, cut(sound(2), 2), segment=1))
    before = stored_files()
    assert finish(speaker, spoken.question_id, *segments).status_code == 200
    assert assembly.assemble_answer(answer_id=spoken.pk) == int(adds)
    assert writing_down.write_owed() == int(adds)
    assert len(server.asked) == 1 + int(adds) and before <= stored_files()
    transcript.refresh_from_db()
    spoken.refresh_from_db()
    assert (transcript.state, transcript.shown[0]["text"]) == ("written", "我先听他说完。")
    assert (spoken.media, spoken.finished_at is not None) == ("playable", True)
    assert Transcript.objects.count() == 1 + int(adds)


def test_a_recording_that_grew_is_listened_to_as_a_whole(speaker: Browser, server: Any) -> None:
    transcript = said(speaker)
    writing_down.write_owed()
    spoken = Answer.objects.get()
    Answer.objects.filter(pk=spoken.pk).update(finished_at=None)
    pieces = cut(sound(1), 2)
    put(speaker, spoken.question_id, b"more", segment=0, seq=2)
    assert finish(speaker, spoken.question_id, named([*pieces, b"more"])).status_code == 200
    spoken.refresh_from_db()
    assert spoken.media == "pending"
    assert assembly.assemble_answer(answer_id=spoken.pk) == 1
    assert standing(transcript)[0] == "owed"


def test_without_consent_nothing_is_sent(server: Any) -> None:
    speaker = Browser(make_interview()).open().enter(consents=["recording"])
    transcript = said(speaker)
    assert writing_down.write_owed() == 1
    assert (standing(transcript), server.asked) == (("not_allowed", ""), [])


def test_what_was_written_down_goes_with_the_consent_to_be_recorded(speaker: Browser, server: Any) -> None:
    transcript = said(speaker)
    writing_down.write_owed()
    keeping.withdraw_consent(interview_id=speaker.interview.pk, by=Party.CANDIDATE)
    assert not Transcript.objects.filter(pk=transcript.pk).exists()


def test_consent_withdrawn_while_somebody_listens_writes_nothing(speaker: Browser, server: Any) -> None:
    transcript = said(speaker)
    claimed = writing_down._claim(transcript.pk)
    keeping.withdraw_consent(interview_id=speaker.interview.pk, by=Party.CANDIDATE)
    assert claimed is not None
    assert writing_down._settle(claimed, reason="no_sound") is False
    assert not Transcript.objects.exists()


@pytest.mark.parametrize(
    ("status", "says", "reason"),
    [
        (200, b"{broken", "answer_unreadable"),
        (200, b"[]", "answer_unreadable"),
        (200, {"text": "no time"}, "answer_unreadable"),
        (
            200,
            {"duration": 4, "text": "x", "segments": [{"start": -1, "end": 2, "text": "x"}]},
            "answer_unreadable",
        ),
        (200, {"duration": "inf", "text": "x"}, "answer_unreadable"),
        (400, {"error": "no such format"}, "recording_refused"),
        (413, b"", "recording_refused"),
    ],
)
def test_an_answer_that_cannot_be_used_ends_in_a_stated_reason(
    speaker: Browser, server: Any, status: int, says: Any, reason: str
) -> None:
    transcript = said(speaker)
    server.status, server.says = status, says
    assert writing_down.write_owed() == 1
    assert standing(transcript) == ("unheard", reason)


@pytest.mark.parametrize(
    ("status", "code"),
    [(429, "busy"), (500, "service_failed"), (503, "service_failed"), (401, "key_refused")],
)
def test_a_service_that_gives_out_is_asked_again_later_and_at_last_a_person_is(
    speaker: Browser, server: Any, status: int, code: str
) -> None:
    transcript = said(speaker)
    server.status = status
    for _try in range(writing_down.MOST_TRIES):
        assert writing_down.write_owed() == 0
        # Nobody is asked twice in a minute.
        assert writing_down.write_owed() == 0
        Transcript.objects.filter(state="owed").update(try_after=timezone.now())
    assert standing(transcript) == ("unheard", code)
    assert len(server.asked) == writing_down.MOST_TRIES
    server.status = 200
    writing_down.retry(transcript_id=transcript.pk, by=people.lead())
    assert writing_down.write_owed() == 1
    assert standing(transcript) == ("written", "")


def test_nobody_there_and_nothing_set_up_lose_nothing(speaker: Browser, server: Any, settings: Any) -> None:
    transcript = said(speaker)
    settings.AI_URL = "http://127.0.0.1:9"
    assert writing_down.write_owed() == 0
    assert standing(transcript) == ("owed", "unreachable")
    settings.AI_URL = ""
    assert writing_down.write_owed() == 0
    settings.TRANSCRIBER = "off"
    assert writing_down.write_owed() == 0
    transcript.refresh_from_db()
    assert (transcript.state, transcript.tries) == ("owed", 1)


def test_a_job_that_was_killed_is_done_again_when_its_claim_is_over(speaker: Browser, server: Any) -> None:
    transcript = said(speaker)
    assert writing_down._claim(transcript.pk) is not None
    assert writing_down.write_owed() == 0
    for tries in range(1, writing_down.MOST_TRIES):
        Transcript.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
        claimed = writing_down._claim(transcript.pk)
        assert claimed is not None
        assert claimed.tries == tries + 1
    # What kills whoever listens does so every time.
    Transcript.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
    assert writing_down.write_owed() == 1
    assert (standing(transcript), server.asked) == (("unheard", "listening_ended"), [])


def test_a_recording_that_grew_meanwhile_is_not_written_down_as_it_was(speaker: Browser, server: Any) -> None:
    transcript = said(speaker)
    claimed = writing_down._claim(transcript.pk)
    assert claimed is not None
    Transcript.objects.update(file="plays/longer.webm", claimed_until=None)
    assert writing_down._settle(claimed, reason="no_sound") is False
    assert standing(transcript) == ("owed", "")


def test_new_before_old_and_of_each_candidate_one_before_anybodys_second(db: None) -> None:
    talkative, quiet = make_interview(), recruitment.interview(state="completed")
    given = answer(talkative)
    made = []
    for number in range(3):
        made.append(Transcript.objects.create(recording=recording(segment(given, number, pieces=0))))
    made.append(Transcript.objects.create(recording=recording(segment(answer(quiet), pieces=0))))
    assert writing_down.due() == [each.pk for each in (made[3], made[0], made[1], made[2])]
    Transcript.objects.filter(pk=made[0].pk).update(claimed_until=timezone.now() + timedelta(minutes=1))
    Transcript.objects.filter(pk=made[3].pk).update(try_after=timezone.now() + timedelta(minutes=1))
    assert writing_down.due() == [made[1].pk, made[2].pk]


def test_whose_turn_it_is_goes_on_where_the_last_call_left_it(db: None) -> None:
    quiet, talkative = answer(recruitment.interview(state="completed")), answer(make_interview())
    first, second = (
        [
            Transcript.objects.create(recording=recording(segment(given, number, pieces=0))).pk
            for number in range(3)
        ]
        for given in (quiet, talkative)
    )
    assert writing_down.due() == [second[0], first[0], second[1], first[1], second[2], first[2]]
    # A call that came no further than the newest candidate's first.
    Transcript.objects.filter(pk=second[0]).update(state="unheard", reason="no_sound")
    assert writing_down.due() == [first[0], second[1], first[1], second[2], first[2]]


def test_a_reviewers_words_stand_beside_the_models(speaker: Browser, server: Any) -> None:
    transcript = said(speaker)
    with pytest.raises(Refused) as refused:
        writing_down.correct(transcript_id=transcript.pk, texts=["x"], by=people.lead())
    assert refused.value.code == "transcript_not_written"
    writing_down.write_owed()
    lead = people.lead(name="周主管")
    with pytest.raises(Invalid) as invalid:
        writing_down.correct(transcript_id=transcript.pk, texts=["一行"], by=lead)
    assert invalid.value.code == "pieces_differ"
    with pytest.raises(Invalid) as invalid:
        writing_down.correct(transcript_id=transcript.pk, texts=["长" * 2001, "二"], by=lead)
    assert invalid.value.code == "piece_too_long"
    found = writing_down.correct(
        transcript_id=transcript.pk, texts=["我先听他说完,", "记下每个问题。"], by=lead
    )
    assert (found.text, found.corrected_by) == ("我先听他说完,\n记下每个问题。", lead)
    assert found.shown[0]["words"]
    assert found.shown[1] == {"from": 2.5, "to": 3.9, "text": "记下每个问题。", "confidence": None}
    assert [piece["text"] for piece in found.pieces or []] == ["我先听他说完,", "记下问题。"]
    back = writing_down.correct(transcript_id=transcript.pk, texts=["我先听他说完,", "记下问题。"], by=lead)
    assert (back.corrected, back.corrected_by, back.corrected_at) == (None, None, None)
    # Every correction is kept with what stood there before, the one that was taken back too; the same is none.
    writing_down.correct(transcript_id=transcript.pk, texts=["我先听他说完,", "记下问题。"], by=lead)
    transcript.refresh_from_db()
    assert [(made["by"], made["changes"]) for made in transcript.corrections or []] == [
        (f"周主管 ({lead.username})", [[1, "记下问题。", "记下每个问题。"]]),
        (f"周主管 ({lead.username})", [[1, "记下每个问题。", "记下问题。"]]),
    ]


def test_a_correction_is_scored_by_on_demand_alone(speaker: Browser, server: Any, client: Any) -> None:
    transcript = said(speaker)
    writing_down.write_owed()
    client.force_login(people.lead(name="周主管", username="zhou"))
    step = reverse("admin:recruitment_transcript_step", args=[transcript.pk, "correct"])
    Transcript.objects.update(scored_at=timezone.now())
    # Without the tick; an emptied last line is a piece in which nothing was said.
    assert client.post(step, {"text": "我先听他说完,\r\n"}).status_code == 302
    transcript.refresh_from_db()
    assert ([piece["text"] for piece in transcript.shown], transcript.is_scored_as_before) == (
        ["我先听他说完,", ""],
        True,
    )
    assert transcript.pk not in scoring.unheeded()
    own = client.get(reverse("admin:recruitment_transcript_change", args=[transcript.pk])).text
    for words in (
        "目前得分仍依据修改前的文字",
        "核对记录",
        "周主管 (zhou)",
        "<del>记下问题。</del></li>",
    ):
        assert words in own
    assert client.post(step, {"text": "我先听他说完,\r\n记下。", "is_scored": "on"}).status_code == 302
    transcript.refresh_from_db()
    assert (transcript.scored_at, transcript.is_scored_as_before, scoring.unheeded()) == (
        None,
        False,
        [transcript.pk],
    )
    own = client.get(reverse("admin:recruitment_transcript_change", args=[transcript.pk])).text
    assert "<ins>记下。</ins></li>" in own
    assert [made["changes"] for made in transcript.corrections or []] == [
        [[1, "记下问题。", ""]],
        [[1, "", "记下。"]],
    ]


def test_only_recruiting_corrects_and_listens_again(speaker: Browser, server: Any) -> None:
    transcript = said(speaker)
    writing_down.write_owed()
    for person in (people.trainer(), people.manager()):
        for step in (
            lambda by: writing_down.correct(transcript_id=transcript.pk, texts=["a", "b"], by=by),
            lambda by: writing_down.retry(transcript_id=transcript.pk, by=by),
        ):
            with pytest.raises(Forbidden):
                step(person)
    with pytest.raises(Refused) as written:
        writing_down.retry(transcript_id=transcript.pk, by=people.lead())
    assert written.value.code == "transcript_not_failed"


def test_the_api_says_what_was_said(speaker: Browser, server: Any) -> None:
    transcript = said(speaker)
    lead = people.lead()
    client = api.client_of(lead)
    address = f"/api/v1/answers/?interview={speaker.interview.pk}"
    assert client.get(address).json()["results"][0]["transcript"] is None
    writing_down.write_owed()
    Transcript.objects.update(measures={"speech_share": 0.7})
    shown = client.get(address).json()["results"][0]
    assert shown["measures"] == {"speech_share": 0.7}
    assert shown["transcript"] == {
        "text": "我先听他说完,\n记下问题。",
        "language": "zh",
        "model": MODEL,
        "segments": [
            {"from": 0.5, "to": 1.75, "text": "我先听他说完,", "confidence": 0.9},
            {"from": 2.5, "to": 3.9, "text": "记下问题。", "confidence": 0.3},
        ],
        "corrected_by": None,
    }
    writing_down.correct(transcript_id=transcript.pk, texts=["甲", "乙"], by=lead)
    shown = client.get(address).json()["results"][0]["transcript"]
    assert (shown["text"], shown["corrected_by"]) == ("甲\n乙", str(lead))


def test_it_stands_beside_the_player_and_on_a_page_of_its_own(
    speaker: Browser, server: Any, client: Any
) -> None:
    transcript = said(speaker)
    client.force_login(people.lead())
    interview = reverse("admin:recruitment_interview_change", args=[speaker.interview.pk])
    assert "正在转写" in client.get(interview).text
    writing_down.write_owed()
    page = client.get(interview).text
    assert "记下" in page
    assert "还没有人核对" in page
    own = reverse("admin:recruitment_transcript_change", args=[transcript.pk])
    assert own in page
    # Whoever corrects it hears it there, and a click on a word plays from it; not once the recording is deleted.
    alone = client.get(own).text
    plays = f'src="{reverse("recordings:recording", args=[transcript.recording_id])}"'
    assert (alone.count(plays), "recruitment/admin/words" in alone, "中文" in alone) == (1, True, True)
    Recording.objects.update(stored_name="")
    assert plays not in client.get(own).text
    Recording.objects.update(stored_name=transcript.recording.stored_name)
    step = reverse("admin:recruitment_transcript_step", args=[transcript.pk, "correct"])
    asked = client.get(step).text
    assert "我先听他说完," in asked and "评分人自己给出的得分不变" in asked
    assert "模型原文" not in page
    client.post(step, {"text": "我先听他说完\r\n记下问题。"})
    for address in (own, interview):
        shown = client.get(address).text
        assert ("核对" in shown, shown.count("模型原文："), "模型原文：我先听他说完," in shown) == (
            True,
            1,
            True,
        )
    assert TranscriptState(standing(transcript)[0]) == TranscriptState.WRITTEN


def test_what_the_model_is_not_sure_of_is_marked_and_what_it_does_not_say_is_not() -> None:
    pieces = [{"from": 0.0, "to": 1.0, "text": "一", "confidence": sure} for sure in (0.0, 0.3, 0.9, None)]
    marked = transcripts.words(Transcript(pk=1, state="written", pieces=pieces))["pieces"]
    assert [piece["is_unsure"] for piece in marked] == [True, True, False, False]


def test_consents_of_another_attempt_are_no_consent(speaker: Browser) -> None:
    assert agreed_to_evaluation(speaker.interview.pk, 1) is True
    assert agreed_to_evaluation(speaker.interview.pk, 2) is False
    Consent.objects.filter(kind="ai_evaluation").update(given=False)
    assert agreed_to_evaluation(speaker.interview.pk, 1) is False


def test_who_listens_is_what_the_settings_say(settings: Any) -> None:
    settings.TRANSCRIBER = "local"
    local = providers.transcriber()
    assert local is not None
    assert (local.name, local.sends_data_out) == ("whisper-base", False)
    settings.TRANSCRIBER, settings.AI_URL = "remote", ""
    remote = providers.transcriber()
    assert remote is not None
    assert (remote.sends_data_out, remote.health().code) == (True, "not_configured")
