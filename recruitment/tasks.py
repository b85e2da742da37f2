"""Jobs: thin, ids in, safe to run twice."""

from core.jobs.sets import each
from recruitment.evaluation.services import judging, likening, scoring
from recruitment.intake.services import mailboxes
from recruitment.offers.services import lapsing, offers
from recruitment.privacy.services import asking, erasing
from recruitment.recordings import assembly, orphans, retention
from recruitment.recordings.services import voices, writing_down
from recruitment.resumes.services import reading
from recruitment.rounds.services import outside, slots
from recruitment.services import calls, deadlines, decisions, leavers, overdue, promises, sessions
from recruitment.vendors.services import polling


def score_checkpoint(checkpoint_id: int) -> None:
    """Score one saved stage; enqueued in the transaction that saves it."""
    scoring.score_checkpoint(checkpoint_id=checkpoint_id)


def score_unscored() -> int:
    """Score what a lost job left behind."""
    return each(scoring.unscored(), _score, what="checkpoint") + each(
        scoring.unheeded(), score_heard, what="transcript"
    )


def score_heard(transcript_id: int) -> int:
    """Score anew what a transcript is part of; enqueued with its words, and with their correction."""
    return scoring.score_heard(transcript_id=transcript_id)


def _score(checkpoint_id: int) -> int:
    return scoring.score_checkpoint(checkpoint_id=checkpoint_id)


def learn_estimates() -> str:
    """Learn from finished interviews, and test what was learned."""
    from recruitment.evaluation.services import learning  # noqa: PLC0415 -- numpy, in the process that learns

    return str(learning.learn_anew().result["because"])


def end_windows() -> int:
    """Miss and abandon interviews whose time is over."""
    return deadlines.end_windows()


def watch_follow_ups() -> int:
    """See that somebody who is there calls, also whom no message reached; escalate promises that run out."""
    return leavers.hand_on() + calls.watch() + overdue.watch()


def report_forgotten() -> int:
    """Name every qualified application without an invitation, then every one whose promised day has passed."""
    return decisions.report_forgotten().number + promises.report_past().number


def assemble_answer(answer_id: int) -> int:
    """Make what was recorded of one answer playable; enqueued in the transaction that finished or broke it off."""
    return assembly.assemble_answer(answer_id=answer_id)


def assemble_pending() -> int:
    """Make playable what a lost job left behind, and what came after a break."""
    return assembly.assemble_pending()


def delete_recordings() -> int:
    """Delete the recordings whose time to keep is over, whose consent was withdrawn, or that were discarded."""
    return retention.delete_due()


def erase() -> int:
    """Go on with erasing whose time has come."""
    return erasing.go_on()


def erase_again() -> int:
    """After a backup was brought back: whoever had been erased since it was made goes again."""
    return erasing.again()


def make_copies() -> int:
    """Make the copies of their data that people asked for, and delete those whose time is over."""
    return asking.make_due() + asking.end_due()


def judge_owed() -> int:
    """Have the model asked that scores, for as long as others may wait behind it."""
    return judging.judge_owed()


def liken_waiting() -> int:
    """Say to which level of the rubric answers are closest, where a person has to judge."""
    return likening.liken_waiting()


def write_down_recordings() -> int:
    """Write down what is said in recordings, for as long as others may wait behind it."""
    return writing_down.write_owed()


def speak_questions() -> int:
    """Have questions spoken once that a plan lets a synthetic voice read."""
    return voices.speak_owed()


def sweep_orphans() -> int:
    """Delete stored bytes that no row speaks of: what a crash left between the bytes and the row."""
    return orphans.sweep()


def sweep_all_orphans() -> int:
    """The same for every day there is: what rows that were deleted later have left behind."""
    return orphans.sweep(everything=True)


def read_resume(resume_id: int) -> bool:
    """Read one résumé; enqueued in the transaction that kept it."""
    return reading.read(resume_id=resume_id)


def read_resumes() -> int:
    """Read what a lost job left behind."""
    return reading.read_waiting()


def read_mailboxes() -> int:
    """Read what came to the résumé mailboxes."""
    return each(mailboxes.in_use(), read_mailbox, what="mailbox")


def read_mailbox(mailbox_id: int) -> int:
    """Read one of them; enqueued by the step on its page."""
    return mailboxes.read(mailbox_id=mailbox_id)


def sweep_resumes() -> int:
    """Delete stored bytes of no résumé."""
    return reading.sweep(everything=True)


def ask_vendors() -> int:
    """Ask vendors about interviews that they have not reported on for a while."""
    return polling.ask_silent()


def apply_vendor_events() -> int:
    """Apply vendors' reports that were kept and not applied."""
    return polling.apply_waiting()


def tidy_rooms() -> None:
    """Delete the browsers of links that expired a month ago."""
    sessions.forget_expired()


def expire_offers() -> int:
    """End the offers to which no answer came in time."""
    return offers.expire_due()


def remind_of_offers() -> int:
    """Remind of the offers that expire soon."""
    return lapsing.remind_due()


def end_slots() -> int:
    """End the offered times of which nobody chose in time."""
    return slots.end_due()


def read_calendars() -> int:
    """Read the calendars that interviewers keep elsewhere."""
    outside.forget_leavers()
    outside.forget_past()
    return each(outside.due(), read_calendar, what="calendar")


def read_calendar(calendar_id: int) -> int:
    """Read one of them; enqueued with its address."""
    return outside.read(calendar_id=calendar_id)
