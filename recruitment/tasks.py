"""Jobs: thin, ids in, safe to run twice."""

from recruitment.services import decisions, deadlines, follow_ups, scoring


def score_checkpoint(checkpoint_id: int) -> None:
    """Score one saved stage; enqueued in the transaction that saves it."""
    scoring.score_checkpoint(checkpoint_id=checkpoint_id)


def score_unscored() -> int:
    """Score what a lost job left behind."""
    return sum(scoring.score_checkpoint(checkpoint_id=pk) for pk in scoring.unscored())


def end_windows() -> int:
    """Miss and abandon interviews whose time is over."""
    return deadlines.end_windows()


def watch_follow_ups() -> int:
    """Escalate promises that run out."""
    return follow_ups.watch()


def report_forgotten() -> int:
    """Name every qualified application without an invitation."""
    return len(decisions.report_forgotten())
