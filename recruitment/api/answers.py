"""`answers/?interview=`: what was said to each question of the present attempt, and how it was scored. HR only."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import mixins, serializers

from core.api.base import AskedViewSet, LocalNameField, RowSerializer, WordedSerializer
from core.api.filters import IdFilter, ListFilter
from people.actors import person_of
from people.permissions import IsHR
from recruitment.api.assessments import PointSerializer
from recruitment.enums import Medium, RecordingState
from recruitment.enums_spoken import NoProbe
from recruitment.models import Answer
from recruitment.queries import answers_for, scores_of_answer
from recruitment.recordings import spoken

# On what a score of an answer rests: the whole stage that the answer is part of.
OF_A_STAGE = "stage"


class MediaSerializer(WordedSerializer):
    """The recording of an answer; both null where there is none."""

    words = {"state": "Whether it plays.", "seconds": "How long what plays is; null until it was looked at."}
    state = serializers.ChoiceField(choices=RecordingState.choices, allow_null=True, read_only=True)
    seconds = serializers.FloatField(allow_null=True, read_only=True)


class SpokenSerializer(WordedSerializer):
    """A piece of what was said, seconds from the beginning of the answer: recordings follow one another."""

    words = {"to": "Until which second.", "text": "What was said.", "confidence": "From 0 to 1."}
    to = serializers.FloatField(read_only=True)
    text = serializers.CharField(read_only=True)
    confidence = serializers.FloatField(read_only=True, allow_null=True)

    def get_fields(self) -> Any:
        """With `from`, which is no name that a class can have."""
        first = serializers.FloatField(read_only=True, help_text="From which second on.")
        return {"from": first, **super().get_fields()}


class TranscriptSerializer(WordedSerializer):
    """What was said, as a machine wrote it down and a reviewer corrected it."""

    words = {
        "text": "All of it, a line for each piece.",
        "language": "In which language.",
        "model": "What wrote it down.",
        "segments": "Piece by piece.",
        "corrected_by": "The reviewer's name; null while it is the machine's alone.",
    }
    text = serializers.CharField(read_only=True)
    language = serializers.CharField(read_only=True)
    model = serializers.CharField(read_only=True)
    segments = SpokenSerializer(many=True, read_only=True)
    corrected_by = serializers.CharField(read_only=True, allow_null=True)


class AnswerScoreSerializer(WordedSerializer):
    """A competency's score in the stage of the answer, with what in this answer speaks for it."""

    words = {
        "value": "The score that counts, 0 to 100; null while a person has to give it.",
        "low": "Not less than this; null where a person's score counts, or the method says no interval.",
        "high": "Not more than this; null likewise.",
        "basis": "Always the stage: its answers are scored together.",
        "scorer": "The method, or the reviewer whose score counts instead.",
        "evidence": "The points that this question asks for, with the words of the answer.",
        "confirmed_by": "The reviewer's name; null while no person has judged it.",
    }
    competency = LocalNameField(help_text="The competency, in the reader's language.")
    value = serializers.FloatField(read_only=True, allow_null=True, source="effective")
    low = serializers.SerializerMethodField()
    high = serializers.SerializerMethodField()
    basis = serializers.ChoiceField(choices=[(OF_A_STAGE, OF_A_STAGE)], read_only=True, default=OF_A_STAGE)
    scorer = serializers.CharField(read_only=True)
    evidence = PointSerializer(many=True, read_only=True, source="points")
    confirmed_by = serializers.CharField(
        read_only=True, allow_null=True, source="overridden_by.name", default=None
    )

    @extend_schema_field(serializers.FloatField(allow_null=True))
    def get_low(self, score: Any) -> float | None:
        """Of the method whose score counts."""
        return None if score.half_width is None else float(score.low)

    @extend_schema_field(serializers.FloatField(allow_null=True))
    def get_high(self, score: Any) -> float | None:
        """Likewise."""
        return None if score.half_width is None else float(score.high)


class ProbeSerializer(WordedSerializer):
    """What was asked further about an answer, or why nothing was."""

    words = {
        "text": "The further question; null where none was asked.",
        "point": "The point that it is about; null where none was asked.",
        "reason": "Why nothing was asked; empty where something was.",
        "chosen_by": "The rule, or the model that chose.",
        "characters": "How many characters the answer had before it was asked.",
        "recordings": "How many recordings the answer had before it was asked.",
        "shown_at": "When the page had it on the screen; null where the page never said so.",
    }
    text = serializers.CharField(source="point.probe", read_only=True, default=None, allow_null=True)
    point = serializers.CharField(source="point.label", read_only=True, default=None, allow_null=True)
    reason = serializers.ChoiceField(choices=NoProbe.choices, allow_blank=True, read_only=True)
    chosen_by = serializers.CharField(read_only=True)
    characters = serializers.IntegerField(read_only=True)
    recordings = serializers.IntegerField(read_only=True)
    shown_at = serializers.DateTimeField(read_only=True, allow_null=True)


class AnswerSerializer(RowSerializer):
    """An answer of an interview's present attempt. `transcript` is null and `measures` empty where there are none."""

    words = {
        "question": "The question's id.",
        "question_text": "The question as it was asked.",
        "stage": "The stage's number.",
        "stage_title": "The stage's name.",
        "kind": "In what it was given: video, audio or text.",
        "text": "The text, as last saved.",
        "media": "Its recording.",
        "transcript": "What was said in the recording; null where nothing was written down.",
        "measures": "What was measured of it, by name; empty where nothing was.",
        "scores": "How it was scored, competency by competency.",
        "revision": "Which text it is: a later one is higher.",
        "finished_at": "When the candidate finished it; null until then.",
        "probe": "What was asked further, or why nothing was; null where the plan has no further question.",
    }
    question_text = serializers.CharField(source="question.text", read_only=True)
    stage = serializers.IntegerField(source="question.stage.number", read_only=True)
    stage_title = serializers.CharField(source="question.stage.title", read_only=True)
    kind = serializers.SerializerMethodField()
    media = serializers.SerializerMethodField()
    transcript = serializers.SerializerMethodField()
    measures = serializers.SerializerMethodField()
    scores = serializers.SerializerMethodField()
    probe = serializers.SerializerMethodField()

    class Meta:
        model = Answer
        fields = (
            "id", "question", "question_text", "stage", "stage_title", "kind", "text", "media", "transcript",
            "measures", "scores", "revision", "finished_at", "probe",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(serializers.ChoiceField(choices=Medium.choices))
    def get_kind(self, answer: Answer) -> str:
        """The richest medium of its recording; text without one."""
        given = {segment.medium for segment in _segments(answer)}
        return next((str(medium) for medium in Medium if medium in given), str(Medium.TEXT))

    @extend_schema_field(MediaSerializer)
    def get_media(self, answer: Answer) -> dict[str, Any]:
        """Whether it plays, and how long."""
        known = [segment.recording.seconds for segment in _segments(answer) if hasattr(segment, "recording")]
        seconds = [each for each in known if each is not None]
        value = {"state": answer.media or None, "seconds": sum(seconds) if seconds else None}
        return dict(MediaSerializer(value).data)

    @extend_schema_field(TranscriptSerializer(allow_null=True))
    def get_transcript(self, answer: Answer) -> dict[str, Any] | None:
        """What was said, once all of its recordings are written down."""
        found = spoken.whole(answer)
        return None if found is None else dict(TranscriptSerializer(found).data)

    @extend_schema_field(serializers.DictField(child=serializers.FloatField()))
    def get_measures(self, answer: Answer) -> dict[str, float]:
        """How it was said, when it is one recording: figures of several cannot be added up."""
        found = spoken.whole(answer)
        return {} if found is None else found.measures

    @extend_schema_field(ProbeSerializer(allow_null=True))
    def get_probe(self, answer: Answer) -> dict[str, Any] | None:
        """What was asked further, once that was decided."""
        found = getattr(answer, "probe", None)
        return None if found is None else dict(ProbeSerializer(found).data)

    @extend_schema_field(AnswerScoreSerializer(many=True))
    def get_scores(self, answer: Answer) -> list[Any]:
        """Of the competencies that its question asks for."""
        return list(AnswerScoreSerializer(scores_of_answer(answer), many=True).data)


def _segments(answer: Any) -> Iterable[Any]:
    """The segments of an answer; those of the earlier attempt where it was kept from one."""
    return (answer.kept_from or answer).taken


class AnswerFilter(ListFilter):
    """`?interview=`, which has to be said."""

    is_computed = True
    interview = IdFilter(field_name="interview", required=True, label="Of this interview.")

    class Meta:
        model = Answer
        fields: tuple[str, ...] = ()


class AnswerViewSet(mixins.ListModelMixin, AskedViewSet):
    """What a candidate answered in the present attempt of one interview, in the order of the questions."""

    queryset = Answer.objects.none()
    serializer_class = AnswerSerializer
    filterset_class = AnswerFilter
    permission_classes = (IsHR,)

    def get_queryset(self) -> "QuerySet[Answer]":
        """What this person may see."""
        return answers_for(person_of(self.request))
