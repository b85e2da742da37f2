"""Questions read aloud: HR's own recordings of them, synthetic voices made once by a job, and who may hear them."""

import logging
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import IO

from django.db import transaction
from django.db.models import Count, Max, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError, Invalid, NotFound, TooLarge
from people.actors import Actor, actor_user
from recruitment.enums_spoken import ReadAloud, VoiceKind
from recruitment.evaluation.providers import NotNowError, Speaker, UnspokenError, speaker
from recruitment.models import PlanVersion, Question, Voice
from recruitment.models.voices import digest_of
from recruitment.recordings import remux, workroom
from recruitment.services.plans import require_may_plan

MOST_BYTES = 10 * 1024**2
LONGEST_SECONDS = 180.0
# 1 + 2 + … + 32 minutes; then it waits for a person, who may have it tried again by publishing or by the step.
MOST_TRIES = 6
# Longer than the service takes and the conversion after it: whoever is killed over one has claimed it as long.
CLAIM = timedelta(minutes=3)
AT_ONCE = 20
logger = logging.getLogger(__name__)


class _Busy(DomainError):
    """The machine gave out: this says nothing of the file."""

    status = 503


@dataclass(frozen=True, slots=True)
class Heard:
    """A voice as a page speaks of it, without its sound."""

    pk: int
    kind: str
    seconds: float


def keep_reading(*, question_id: int, language: str, content: IO[bytes], by: Actor) -> Voice:
    """HR's own recording of a question's words in one language, in place of an earlier one.

    Looked at by content: decoded and written anew as MP3 of one channel, so that nothing else of the file is kept. The
    words do not change by it, so a published version may be given one too.
    Forbidden: not_permitted. NotFound: question_unknown. Invalid: no_words, voice_unreadable, voice_too_long.
    TooLarge: voice_too_large. 503: voice_not_now.
    """
    require_may_plan(by)
    digest = digest_of(_words_of(question_id, language))
    body = content.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        raise TooLarge("voice_too_large", _("The file has more than 10 MB."))
    sound, seconds = _converted(body)
    values = {
        "sound": sound, "seconds": seconds, "made_by": actor_user(by), "made_at": timezone.now(), "model": "",
    }  # fmt: skip
    return Voice.objects.update_or_create(digest=digest, kind=VoiceKind.OWN, defaults=values)[0]


def remove_reading(*, question_id: int, language: str, by: Actor) -> int:
    """Take HR's own recording away; again: nothing. Returns how many went. Forbidden, NotFound, Invalid as above."""
    require_may_plan(by)
    digest = digest_of(_words_of(question_id, language))
    return Voice.objects.filter(digest=digest, kind=VoiceKind.OWN).delete()[0]


def _words_of(question_id: int, language: str) -> str:
    question = Question.objects.filter(pk=question_id).first()
    if question is None:
        raise NotFound("question_unknown", _("There is no such question."))
    words = question.text_en if language == "en" else question.text
    if not words.strip():
        raise Invalid("no_words", _("The question has no words in this language yet."))
    return words


def _converted(body: bytes) -> tuple[bytes, float]:
    with workroom.folder() as folder:
        source, target = folder / "sent", folder / "voice.mp3"
        source.write_bytes(body)
        try:
            seconds = remux.as_speech(source, target)
        except remux.UnplayableError:
            raise Invalid("voice_unreadable", _("This is no recording that could be played.")) from None
        except OSError as error:
            raise _Busy(
                "voice_not_now", _("The file could not be read just now. Please try again.")
            ) from error
        if seconds > LONGEST_SECONDS:
            raise Invalid("voice_too_long", _("A reading of a question has three minutes at most."))
        return target.read_bytes(), seconds


def heard(read_aloud: str, texts: Collection[str]) -> dict[str, Heard]:
    """By text, the voice that it is heard in under this setting: ours before a machine's. One query, none while off."""
    if read_aloud == ReadAloud.OFF or not texts:
        return {}
    digests = {digest_of(text): text for text in texts}
    kinds = [VoiceKind.OWN] if read_aloud == ReadAloud.OWN else list(VoiceKind)
    rows = Voice.objects.filter(digest__in=digests, kind__in=kinds, sound__isnull=False)
    found: dict[str, Heard] = {}
    # "own" stands before "synthetic" in the alphabet, too.
    for pk, digest, kind, seconds in rows.order_by("-kind").values_list("pk", "digest", "kind", "seconds"):
        found[digests[digest]] = Heard(pk, kind, seconds or 0.0)
    return found


def of_question(question: Question) -> list[Voice]:
    """Every voice there is of a question's words, ours first, without the sound. One query."""
    digests = [digest_of(text) for text in (question.text, question.text_en) if text.strip()]
    rows = Voice.objects.filter(digest__in=digests).defer("sound").select_related("made_by")
    return list(rows.order_by("kind", "pk"))


def speak_owed() -> int:
    """The job: have what lacks a voice spoken once and kept; returns how many were. Nothing is spoken live.

    Words of drafts and of published versions that let a synthetic voice read them, as far as nothing reads them yet.
    A service that gives out is asked again later, six times at most.
    """
    spoken_by = speaker()
    if spoken_by is None or not spoken_by.health().works:
        return 0
    wanted = _wanted()
    Voice.objects.bulk_create(
        (Voice(digest=digest, kind=VoiceKind.SYNTHETIC) for digest in wanted), ignore_conflicts=True
    )
    done = 0
    for voice_id, words in _due(wanted):
        try:
            done += _speak(voice_id, words, spoken_by)
        except NotNowError as error:
            logger.warning("voice %s: %s", voice_id, error)
            break
    return done


def unspoken() -> tuple[int, str]:
    """How many words wait for a synthetic voice, and why the last try gave none ("" before the first). Two queries."""
    rows = Voice.objects.filter(digest__in=_wanted(), kind=VoiceKind.SYNTHETIC, sound__isnull=True)
    found = rows.aggregate(count=Count("pk"), said=Max("reason"))
    return found["count"], found["said"] or ""


def _wanted() -> dict[str, str]:
    """By digest, the words that a synthetic voice may read: of drafts, and of each plan's newest published version."""
    versions = PlanVersion.objects.filter(read_aloud=ReadAloud.ANY)
    newest = versions.order_by("plan_id", "-number").distinct("plan_id").values("pk")
    chosen = Question.objects.filter(Q(stage__version__in=newest) | Q(stage__version__published_at=None))
    rows = chosen.filter(stage__version__read_aloud=ReadAloud.ANY).values_list("text", "text_en")
    return {digest_of(text): text for pair in rows for text in pair if text.strip()}


def _due(words: Mapping[str, str]) -> Iterable[tuple[int, str]]:
    now = timezone.now()
    rows = Voice.objects.filter(
        Q(try_after=None) | Q(try_after__lte=now),
        digest__in=words, kind=VoiceKind.SYNTHETIC, sound__isnull=True, tries__lt=MOST_TRIES,
    )  # fmt: skip
    ours = set(Voice.objects.filter(kind=VoiceKind.OWN, digest__in=words).values_list("digest", flat=True))
    return [
        (pk, words[digest]) for pk, digest in rows.values_list("pk", "digest")[:AT_ONCE] if digest not in ours
    ]


def _speak(voice_id: int, words: str, by: Speaker) -> bool:
    """Claim it, have it spoken outside any transaction, keep it. NotNowError: the service gave out."""
    now = timezone.now()
    with transaction.atomic():
        row = (
            Voice.objects.select_for_update(skip_locked=True).filter(pk=voice_id, sound__isnull=True).first()
        )
        if row is None or (row.try_after is not None and row.try_after > now):
            return False
        row.tries, row.try_after = row.tries + 1, now + CLAIM
        row.save(update_fields=["tries", "try_after"])
    again = now + timedelta(minutes=2 ** (row.tries - 1))
    mine = Voice.objects.filter(pk=voice_id, tries=row.tries, sound__isnull=True)
    try:
        sound, seconds = _converted(by.speak(words))
    except NotNowError as error:
        mine.update(try_after=again, reason=str(error))
        raise
    except (UnspokenError, DomainError) as error:
        code = error.code if isinstance(error, DomainError) else str(error)
        mine.update(try_after=again, reason=code)
        return False
    return bool(
        mine.update(
            sound=sound, seconds=seconds, model=by.name, made_at=timezone.now(), try_after=None, reason=""
        )
    )
