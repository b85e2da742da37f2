"""The sentences that the page's script says, and the causes that a candidate may name: all of them translatable."""

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from recruitment.enums import ExitCause


def sentences() -> dict[str, str]:
    """By name; {words} in braces are filled in by the script. What is said of a {count} stands there twice: as it is
    said of several, and of one under the name with `_one`."""
    counted = {
        name + ending: words(number)
        for name, words in _counted().items()
        for ending, number in (("", 2), ("_one", 1))
    }
    return {**_of_the_room(), **_of_recording(), **_of_the_check(), **_of_refusals(), **counted}


def _counted() -> dict[str, Callable[[int], str]]:
    """By name, the sentence for a number."""
    return {
        "exit_unsent": lambda count: ngettext(
            "{count} second of your recording is not uploaded yet. It stays on this device and is sent when you "
            "return on it.",
            "{count} seconds of your recording are not uploaded yet. They stay on this device and are sent "
            "when you return on it.",
            count,
        ),
        "not_sent": lambda count: ngettext(
            "{count} second not uploaded yet", "{count} seconds not uploaded yet", count
        ),
        "prepare_begins": lambda count: ngettext(
            "You have {count} second to prepare; then the recording begins by itself.",
            "You have {count} seconds to prepare; then the recording begins by itself.",
            count,
        ),
        "recorded_before": lambda count: ngettext(
            "{count} second is recorded and kept. Submit it, or say more.",
            "{count} seconds are recorded and kept. Submit them, or say more.",
            count,
        ),
        "seconds_left": lambda count: ngettext("{count} second left", "{count} seconds left", count),
        "too_long": lambda count: ngettext(
            "{count} character too many; {most} is the limit. Nothing is cut; please shorten your text.",
            "{count} characters too many; {most} is the limit. Nothing is cut; please shorten your text.",
            count,
        ),
        "went_on": lambda count: ngettext(
            "Recording goes on. The first second is kept.",
            "Recording goes on. The first {count} seconds are kept.",
            count,
        ),
        "words": lambda count: ngettext("{count} character", "{count} characters", count),
    }


def _of_the_room() -> dict[str, str]:
    return {
        "autosave": _("Saved while you write"),
        "call_me": _("Please contact me."),
        "coming": _("Next: {title}"),
        "contact_answered": _("HR has answered your note:"),
        "contact_asked": _("HR has your note and will contact you by {when}."),
        "contact_claimed": _("A colleague in HR has taken on your note and will contact you by {when}."),
        "contact_closed": _("HR has dealt with your note."),
        "contact_note": _("Your note: {note}"),
        "empty": _("Please write an answer first. A single sentence will do."),
        "exit_saved": _(
            "Stages finished and saved: {saved} of {count}. The answer you are working on is saved too."
        ),
        "faces_off": _(
            "Nothing is noted any more, and what was noted is deleted. The interview goes on as before."
        ),
        "faces_on": _(
            "You agreed: this device notes whether a face is before the camera. No picture is sent for it."
        ),
        "faces_stop": _("Stop noting, and delete what was noted"),
        "faces_stopping": _("Stopped. Deleting what was noted…"),
        "failed": _("That did not work. Please try again."),
        "handover_making": _("Making a code…"),
        "handover_until": _("Good until {time}, for one use."),
        "hear": _("Listen to the question"),
        "hear_failed": _("It cannot be played just now: please read the question"),
        "hear_stop": _("Stop reading aloud"),
        "hear_synthetic": _("Listen to the question (synthetic voice)"),
        "kept": _("Your earlier text is here"),
        "kept_here": _("Kept on this device, not saved yet"),
        "not_finished": _("Not finished yet"),
        "probe": _("One more question: {question} Add to your answer, or submit it as it is."),
        "question_of": _("Question {number} of {count}"),
        "elsewhere": _("{company} (Beijing time; {here} where you are)"),
        "return_until": _("You may return until {when}."),
        "saved_at": _("Saved {time}"),
        "saving": _("Saving…"),
        "stage_of": _("Stage {number}/{count}"),
        "stage_saved": _("Stage {number}/{count} saved"),
        "stage_saved_at": _("{title}: saved at {time}"),
        "submit_interview": _("Submit and finish the interview"),
        "submit_next": _("Submit, next question"),
        "submit_stage": _("Submit and finish this stage"),
        "unsteady": _("Connection unsteady; trying again"),
    }


def _of_recording() -> dict[str, str]:
    return {
        "all_sent": _("Everything is uploaded"),
        "camera_missing": _("The camera cannot be used: only your voice is recorded. That is just as good."),
        "checking": _("Submitting your answer…"),
        "devices_failed": _(
            "Camera and microphone cannot be used. Allow them for this page, close other apps that use them, "
            "and try again; or answer in writing."
        ),
        "file_ready": _("Record your answer with the camera app; it is uploaded afterwards."),
        "file_too_large": _("This file is too large: {count} MB at most. Please record a shorter one."),
        "lost_camera": _("The camera was taken away. What you said is kept; trying to open it again…"),
        "lost_hidden": _("Recording paused while you were away. What you said is kept."),
        "lost_microphone": _(
            "The microphone was taken away. What you said is kept; trying to open it again…"
        ),
        "lower_audio": _("The connection is slow: going on with your voice alone. Nothing is lost."),
        "lower_video": _("The connection is slow: going on with a smaller picture. Nothing is lost."),
        "nothing_recorded": _(
            "None of this recording can be used. Please record again, or answer in writing."
        ),
        "opening_devices": _("Opening camera and microphone…"),
        "prepare": _("Time to prepare {time}"),
        "queue_full": _(
            "Recording stopped: too much waits for the network. What you said is kept on this device and is sent "
            "as soon as the connection is back."
        ),
        "ready": _("Ready when you are"),
        "recorded": _("Recorded. Submit it when you are happy with it."),
        "recording": _("Recording now"),
        "replay": _("This is your recording. Only you hear it here; it has not been submitted yet."),
        "replay_missing": _(
            "This recording cannot be played here: it lies on another device, or on the server."
        ),
        "replay_part": _("This is your recording, part {number} of {count}. It has not been submitted yet."),
        "sending": _("Uploading the rest, then your answer is submitted. You need not do anything."),
        "silent": _("We cannot hear anything. Is the microphone covered or muted?"),
        "time_over": _("Time is up; the recording has stopped by itself. Your answer is complete."),
    }


def _of_the_check() -> dict[str, str]:
    return {
        "check_absent": _("Not found"),
        "check_denied": _("Not allowed. You may allow it in the browser's settings and check again"),
        "check_done": _("Done. This is what your device can do:"),
        "check_good": _("Works"),
        "check_heard": _("Works, we can hear you"),
        "check_no_line": _("The test did not get through"),
        "check_quiet": _("Works, but very quiet"),
        "check_running": _("Your browser may now ask for camera and microphone."),
        "check_sending": _("Sending the test recording…"),
        "check_slow_line": _("Works, but slow: voice is safer than video"),
        "check_speak": _("Please say a few words: one, two, three…"),
        "check_unsupported": _("This app cannot record"),
        "check_waiting": _("Not checked yet"),
        "check_wechat": _(
            "Inside WeChat or WeCom recording may be missing: open the menu at the top right, choose "
            "“Open in browser”, and check again there."
        ),
        "practice_heard": _("This is how you sound. Only you have heard it."),
        "practice_ready": _("Up to 30 seconds, as often as you like."),
    }


def _of_refusals() -> dict[str, str]:
    """By the code of the API, what the candidate reads of it; what is not here reads "That did not work"."""
    return {
        "refused_answer_finished": _("This answer is finished already."),
        "refused_ended": _("This interview has ended."),
        "refused_held_elsewhere": _(
            "This interview is not held here. Please use the link of your invitation."
        ),
        "refused_media_not_offered": _(
            "This interview does not take recordings of this kind; please write your answer."
        ),
        "refused_no_returns_left": _(
            "This interview was left too many times to be continued. HR will contact you."
        ),
        "refused_quota_exceeded": _("This recording is too large to be kept whole. Please go on in writing."),
        "refused_recording_not_agreed": _("You have not agreed to be recorded. You may also write."),
        "refused_resume_over": _("The time to return is over. HR will help you with a new one."),
        "refused_stage_unanswered": _("Some questions of this stage have no answer yet."),
        "refused_text_unreadable": _("The text contains characters that cannot be stored."),
        "refused_too_many_codes": _(
            "Five codes an hour is the limit. You can also open your invitation link on the other device."
        ),
        "refused_window_not_open": _("The interview is not open yet. It opens {when}."),
        "refused_window_over": _("The time for this interview is over. HR will help you with a new one."),
    }


def causes() -> list[tuple[str, str]]:
    """What a candidate may name when leaving, in the candidate's own words."""
    words = {
        ExitCause.NETWORK: _("My connection is bad"),
        ExitCause.DEVICE: _("My device is not working"),
        ExitCause.BY_MISTAKE: _("I pressed it by mistake"),
        ExitCause.INTERRUPTED_BY_SOMEBODY: _("Somebody interrupted me"),
        ExitCause.TIME_CONFLICT: _("The time does not suit me"),
        ExitCause.UNWILLING: _("I do not want to go on"),
    }
    # Who names none has said nothing: unknown.
    return [
        (cause, words[ExitCause(cause)]) for cause in ExitCause.announceable if cause != ExitCause.UNKNOWN
    ]


def heading_of(code: str) -> str:
    """The heading of the page for a link that leads nowhere."""
    headings = {
        "link_expired": _("This link has expired"),
        "link_incomplete": _("This link is not complete"),
        "link_revoked": _("This link was replaced"),
        "link_unknown": _("We do not know this link"),
        "no_session": _("Please open your link again"),
        "too_many_requests": _("Just a moment, please"),
    }
    return headings.get(code, _("This page cannot be opened"))
