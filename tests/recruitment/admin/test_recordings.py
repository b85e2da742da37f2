"""Recordings in the back office: players that fetch nothing by themselves, the event track, accesses, deletion."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import DELETION, LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core.errors import Forbidden, Invalid, NotFound, Refused
from people.actors import Party
from recruitment.enums import DeletionReason, InterviewState, RecordingState, Standing
from recruitment.models import (
    Answer,
    Chunk,
    Consent,
    Interview,
    Opening,
    RecordingAccess,
    RoomEntry,
    Segment,
)
from recruitment.recordings import retention
from recruitment.recordings.admin import event_track, playback
from recruitment.recordings.services import deletions
from recruitment.recordings.services import playback as playing
from tests.factories import people, segments
from tests.factories import recruitment as make

pytestmark = pytest.mark.django_db
LEDGERS = ["recruitment_segment", "recruitment_recordingaccess"]


def begun(name: str = "张三", **fields) -> Interview:
    """An interview broken off, with a recorded and a written answer."""
    row = make.interview(
        make.application(candidate=make.candidate(name)), state=InterviewState.IN_PROGRESS, **fields
    )
    RoomEntry.objects.create(interview=row, attempt=1, epoch=1, device={"platform": "iPhone"})
    Consent.objects.create(interview=row, attempt=1, kind="recording", version="2026-11", given=True)
    spoken = segments.answer(row, finished_at=timezone.now())
    segments.recording(segments.segment(spoken))
    segments.answer(row, stage=2, text="写下的回答", finished_at=timezone.now())
    return row


def page(interview: Interview, query: str = "") -> str:
    return f"{reverse('admin:recruitment_interview_change', args=[interview.pk])}{query}"


def shown(client, interview: Interview, query: str = "") -> str:
    answer = client.get(page(interview, query))
    assert answer.status_code == 200
    return next(str(each.html) for each in answer.context["panels"] if each.name == "recordings")


def ledger(name: str) -> str:
    return reverse(f"admin:{name}_changelist")


def queries(client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def played(interview: Interview) -> RecordingAccess:
    recording = Segment.objects.filter(answer__interview=interview).latest("pk").recording
    return playing.log_access(recording_id=recording.pk, by=people.recruiter(name="周听"))


def test_the_player_stands_beside_the_text_and_fetches_nothing_by_itself(as_hr):
    row = begun()
    html = shown(as_hr, row)
    recording = Segment.objects.get().recording
    assert (
        f'<audio controls preload="none" controlslist="nodownload" src="/recordings/{recording.pk}/">' in html
    )
    assert "写下的回答" in html
    assert "2026-11" in html
    assert not RecordingAccess.objects.exists()


def test_an_interview_that_nobody_entered_has_no_such_panel(as_hr):
    row = make.interview()
    names = [each.name for each in as_hr.get(page(row)).context["panels"]]
    assert "recordings" not in names


@pytest.mark.parametrize(
    ("state", "fields", "mime", "expected"),
    [
        ("playable", {"mime": "video/webm"}, "video/webm", ("<video", "nodownload")),
        ("broken", {"note": "no sound and no picture"}, "audio/webm", ("hs-red", "download")),
        ("pending", {}, "audio/webm", ("is-pending",)),
        ("pending", {"stored_name": "plays/old.webm", "mime": "audio/webm"}, "audio/webm", ("<audio",)),
    ],
)
def test_what_can_be_done_with_it_follows_its_state(as_hr, state, fields, mime, expected):
    row = make.interview(state=InterviewState.COMPLETED, started_at=timezone.now())
    recording = segments.recording(segments.segment(segments.answer(row), mime=mime), state, **fields)
    html = shown(as_hr, row)
    assert all(piece in html for piece in expected)
    plays = f'src="/recordings/{recording.pk}/"' in html
    assert plays == bool(recording.stored_name)
    if state == "broken":
        assert playback.note_words("no sound and no picture") in html


def test_a_deleted_one_is_named_and_not_offered(as_hr):
    row = begun()
    segment = Segment.objects.get()
    retention.mark(Segment.objects.all(), DeletionReason.CONSENT)
    html = shown(as_hr, row)
    assert "<audio" not in html
    assert "is-deleted" in html
    assert str(DeletionReason.CONSENT.label) in html
    assert str(segment.recording.pk) not in [part for part in html.split("/") if part.isdigit()]


def test_what_came_too_late_or_was_discarded_is_shown_apart(as_hr):
    row = make.interview(state=InterviewState.COMPLETED, started_at=timezone.now())
    answer = segments.answer(row, finished_at=timezone.now())
    taken = segments.segment(answer, 1)
    segments.recording(taken)
    Chunk.objects.filter(segment=taken, seq=2).update(set_aside=True)
    segments.discarded(answer, 0)
    segments.recording(segments.segment(answer, 2, standing=Standing.SET_ASIDE))
    rows = playback._spoken([answer], playback._segments([answer]), is_running=False)
    assert [[take.segment.number for take in row.takes] for row in rows] == [[1]]
    assert [[(t.segment.number, t.look) for t in row.apart] for row in rows] == [
        [(0, "deleted"), (2, "player")]
    ]
    assert rows[0].late_pieces == 1
    html = shown(as_hr, row)
    assert html.index("hs-apart") > html.index(f"/recordings/{taken.recording.pk}/")


def test_an_answer_kept_from_an_earlier_attempt_plays_where_it_was_recorded(as_hr):
    row = begun()
    first = Answer.objects.get(question__stage__number=1)
    Interview.objects.filter(pk=row.pk).update(attempt=2)
    Answer.objects.create(
        interview=row, attempt=2, question=first.question, kept_from=first, finished_at=first.finished_at
    )
    Consent.objects.create(interview=row, attempt=2, kind="recording", version="2027-01", given=False)
    html = shown(as_hr, row)
    assert f'src="/recordings/{Segment.objects.get().recording.pk}/"' in html
    assert "2027-01" in html
    assert "2026-11" in shown(as_hr, row, "?attempt=1")


def test_the_panel_reads_as_much_for_many_recordings_as_for_one(as_hr):
    row = begun()
    one = queries(as_hr, page(row))
    for stage, question in ((2, 2), (3, 1)):
        answer = segments.answer(row, stage, question, finished_at=timezone.now())
        segments.recording(segments.segment(answer, silent=2))
        segments.recording(segments.segment(answer, 1), RecordingState.BROKEN)
        played(row)
    assert queries(as_hr, page(row)) == one


def test_who_played_it_is_listed(as_hr):
    row = begun()
    access = played(row)
    assert "周听" in shown(as_hr, row)
    answer = as_hr.get(ledger("recruitment_recordingaccess"))
    assert [each.pk for each in answer.context["cl"].result_list] == [access.pk]
    played(begun("李娜"))
    query = f"?recording__segment__answer__interview__id__exact={row.pk}"
    answer = as_hr.get(ledger("recruitment_recordingaccess") + query)
    assert [each.pk for each in answer.context["cl"].result_list] == [access.pk]


def names(track: event_track.Track) -> list[str]:
    return [name for _when, _words, name in track.lines]


def drawn(row: Interview, **more) -> event_track.Track:
    found = playback._segments(list(Answer.objects.filter(interview=row)))
    return event_track.draw(
        segments=list(found.values()),
        silences=event_track.silences(list(found)),
        entries=list(row.entries.order_by("epoch")),
        exits=list(row.exits.order_by("left_at")),
        **{"finished_at": None, "until": None, **more},
    )


def test_the_track_tells_silence_leaving_and_coming_back_in_order():
    row = make.interview(state=InterviewState.COMPLETED, started_at=timezone.now())
    begin = timezone.now() - timedelta(days=3)
    answer = segments.answer(row)
    segments.segment(answer, 0, pieces=4, silent=2, at=begin)
    exit_ = make.exit_(row, left_at=begin + timedelta(minutes=2), cause="app_switched")
    exit_.returned_at = begin + timedelta(days=1)
    exit_.save()
    entry = RoomEntry.objects.create(interview=row, attempt=1, epoch=2, device={})
    RoomEntry.objects.filter(pk=entry.pk).update(at=exit_.returned_at)
    segments.segment(answer, 1, at=begin + timedelta(days=1, seconds=5))
    finished = begin + timedelta(days=1, minutes=1)
    track = drawn(row, finished_at=finished)
    assert names(track) == ["taken", "silence", "exit", "entry", "taken", "finish"]
    assert [span.name for span in track.spans] == ["taken", "taken", "silence", "away"]
    places = [(float(span.left), float(span.left) + float(span.width)) for span in track.spans]
    assert all(0 <= begin <= end <= 100.01 for begin, end in places)
    # A day away is drawn as a minute.
    away = next(span for span in track.spans if span.name == "away")
    assert 10 < float(away.width) < 60


def test_the_track_of_an_answer_ends_where_the_next_one_begins():
    row = make.interview(state=InterviewState.COMPLETED, started_at=timezone.now())
    begin = timezone.now() - timedelta(hours=1)
    segments.segment(segments.answer(row), at=begin)
    make.exit_(row, left_at=begin + timedelta(minutes=5), returned_at=begin + timedelta(minutes=6))
    assert "exit" not in names(drawn(row, until=begin + timedelta(minutes=4)))
    assert "exit" in names(drawn(row, until=begin + timedelta(minutes=7)))


# ---- keeping and deleting ------------------------------------------------------------------------------------------


def listed(client, query: str = "") -> list[int]:
    answer = client.get(ledger("recruitment_segment") + query)
    assert answer.status_code == 200
    return [row.pk for row in answer.context["cl"].result_list]


def aged(days: int, name: str = "张三", keep: int = 180) -> Segment:
    begun(name)
    segment = Segment.objects.latest("pk")
    Segment.objects.filter(pk=segment.pk).update(opened_at=timezone.now() - timedelta(days=days))
    Opening.objects.filter(pk=segment.answer.interview.application.opening_id).update(recording_days=keep)
    return segment


def test_the_next_to_be_deleted_stands_first(as_hr):
    young, old = aged(1), aged(100)
    short = aged(20, keep=25)
    gone = aged(200)
    retention.delete_due()
    assert listed(as_hr) == [short.pk, old.pk, young.pk]
    assert listed(as_hr, "?kept=soon") == [short.pk]
    assert listed(as_hr, "?kept=deleted") == [gone.pk]
    assert sorted(listed(as_hr, "?kept=all")) == sorted([young.pk, old.pk, short.pk, gone.pk])
    assert listed(as_hr, f"?answer__interview__id__exact={gone.answer.interview_id}") == [gone.pk]
    answer = as_hr.get(ledger("recruitment_segment"))
    assert answer.context["figures"] == {"kept": 3, "soon": 1, "deleted": 1}
    assert [each["row"].kept for each in answer.context["due"]] == [1, 1, 1]
    first = [timezone.localdate(each["first"]) - timezone.localdate() for each in answer.context["due"]]
    assert [each.days for each in first] == [5, 80, 179]


@pytest.mark.parametrize("name", LEDGERS)
def test_the_lists_open_in_a_constant_number_of_queries(as_hr, name):
    played(begun())
    one = queries(as_hr, ledger(name))
    for other in ("李娜", "王芳"):
        played(begun(other))
    assert queries(as_hr, ledger(name)) == one
    assert one <= 14


@pytest.mark.parametrize("name", LEDGERS)
def test_a_record_opens_and_is_written_by_nobody(as_hr, name):
    played(begun())
    row = (Segment if name == "recruitment_segment" else RecordingAccess).objects.get()
    change = reverse(f"admin:{name}_change", args=[row.pk])
    answer = as_hr.get(change)
    assert answer.status_code == 200
    assert "(&#x27;" not in answer.content.decode()
    assert as_hr.post(change, {}).status_code == 403
    assert as_hr.post(reverse(f"admin:{name}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403
    assert as_hr.get(reverse(f"admin:{name}_add")).status_code == 403


@pytest.mark.parametrize("who", [people.manager, people.user, None])
def test_they_are_closed_to_everybody_else(client, who):
    segment = aged(1)
    if who:
        client.force_login(who())
    addresses = [ledger(name) for name in LEDGERS]
    addresses.append(reverse("admin:recruitment_segment_step", args=[segment.pk, "delete"]))
    for address in addresses:
        answer = client.get(address)
        assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (302, reverse("admin:login"))


def delete(client, segment: Segment, reason: str = "候选人来电要求"):
    address = reverse("admin:recruitment_segment_step", args=[segment.pk, "delete"])
    return client.post(address, {"reason": reason})


def test_the_lead_deletes_with_a_reason_that_stays_readable(client):
    segment = aged(1)
    lead = people.lead(name="周负责")
    client.force_login(lead)
    assert (
        client.get(reverse("admin:recruitment_segment_step", args=[segment.pk, "delete"])).status_code == 200
    )
    assert Segment.objects.get().deletion_reason == ""
    assert delete(client, segment).status_code == 302
    segment.refresh_from_db()
    assert segment.deletion_reason == DeletionReason.BY_HR
    entry = LogEntry.objects.get(action_flag=DELETION)
    assert (entry.user, entry.object_id, entry.change_message) == (lead, str(segment.pk), "候选人来电要求")
    retention.delete_due()
    html = client.get(ledger("recruitment_segment") + "?kept=deleted").content.decode()
    assert "候选人来电要求" in html
    assert "周负责" in html
    answer = delete(client, segment)
    assert answer.status_code == 422
    assert LogEntry.objects.filter(action_flag=DELETION).count() == 1


@pytest.mark.parametrize("reason", ["", "   ", "长" * 301])
def test_without_a_reason_nothing_is_deleted(client, reason):
    segment = aged(1)
    client.force_login(people.lead())
    assert delete(client, segment, reason).status_code == 422
    assert Segment.objects.get().deletion_reason == ""


def test_a_specialist_sees_no_button_and_may_not_delete(as_hr, client):
    segment = aged(1)
    assert "steps/delete" not in as_hr.get(ledger("recruitment_segment")).content.decode()
    assert delete(as_hr, segment).status_code == 403
    assert Segment.objects.get().deletion_reason == ""
    client.force_login(people.lead())
    assert "steps/delete" in client.get(ledger("recruitment_segment")).content.decode()


def test_deleting_is_refused_whole_or_done_whole():
    segment = aged(1)
    for by in (people.recruiter(), people.manager(), Party.SYSTEM, Party.CANDIDATE):
        with pytest.raises(Forbidden):
            deletions.delete_with_reason(segment_id=segment.pk, reason="为什么", by=by)
    lead = people.lead()
    with pytest.raises(NotFound):
        deletions.delete_with_reason(segment_id=0, reason="为什么", by=lead)
    with pytest.raises(Invalid):
        deletions.delete_with_reason(segment_id=segment.pk, reason="a\x00b", by=lead)
    deletions.delete_with_reason(segment_id=segment.pk, reason="为什么", by=lead)
    with pytest.raises(Refused):
        deletions.delete_with_reason(segment_id=segment.pk, reason="再来", by=lead)
    assert list(LogEntry.objects.values_list("change_message", flat=True)) == ["为什么"]
