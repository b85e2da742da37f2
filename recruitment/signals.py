"""What recruitment announces. Every event of an interview has the interview as subject and origin.

Facts always carry `attempt`; they are what is true at that moment, for reports that count flows by time. Receivers do
not act on facts but on the subject's present state.
"""

from django.utils.translation import gettext_lazy as _

from core.events import DurableSignal

interview_scheduled = DurableSignal(
    "interview_scheduled", _("Interview scheduled"), "An interview has its first window. Facts: attempt."
)
interview_started = DurableSignal(
    "interview_started", _("Interview started"), "The candidate began. Facts: attempt, epoch."
)
interview_interrupted = DurableSignal(
    "interview_interrupted",
    _("Interview interrupted"),
    "The candidate left half way. Facts: attempt, exit, cause, announced, saved_stages.",
)
interview_resumed = DurableSignal(
    "interview_resumed", _("Candidate returned"), "The candidate came back. Facts: attempt, epoch, exit."
)
interview_completed = DurableSignal(
    "interview_completed",
    _("Interview completed"),
    "Over: every stage is saved, or people held it. Facts: attempt; of people also held_by, note.",
)
interview_abandoned = DurableSignal(
    "interview_abandoned", _("Interview abandoned"), "No return any more. Facts: attempt, given_up."
)
interview_missed = DurableSignal(
    "interview_missed", _("Interview missed"), "The window ended and nobody came. Facts: attempt."
)
interview_cancelled = DurableSignal(
    "interview_cancelled",
    _("Interview cancelled"),
    "Called off, or withdrawn. Facts: attempt, withdrawn; of who left a running one: cause, note.",
)
interview_reinstated = DurableSignal(
    "interview_reinstated",
    _("Interview reinstated"),
    "Its application's end was taken back: it stands as it stood. Facts: attempt, state.",
)
interview_rescheduled = DurableSignal(
    "interview_rescheduled",
    _("Interview rescheduled"),
    "A new window. Facts: attempt, previous_attempt, new_attempt, by_candidate, kept_stages.",
)
round_arranged = DurableSignal(
    "round_arranged",
    _("Round arranged"),
    "A round of people has its place and interviewers, or others. Facts: attempt, is_new.",
)
scorecard_handed_in = DurableSignal(
    "scorecard_handed_in",
    _("Scorecard handed in"),
    "An interviewer is done, or mends what was handed in. Facts: attempt, card; of a change also reason, changed "
    "([competency, was, is]).",
)
round_settled = DurableSignal(
    "round_settled",
    _("Round decided"),
    "A person says what came of a round. Facts: attempt, outcome; where one was given: reason.",
)
stage_saved = DurableSignal(
    "stage_saved", _("Stage saved"), "A stage has its checkpoint. Facts: attempt, stage, saved_stages."
)
exit_cause_corrected = DurableSignal(
    "exit_cause_corrected",
    _("Exit cause corrected"),
    "HR corrected an exit's cause. Facts: attempt, cause, was.",
)

follow_up_opened = DurableSignal(
    "follow_up_opened", _("Follow-up opened"), "Somebody has to be called. Facts: kind, due_at."
)
follow_up_claimed = DurableSignal(
    "follow_up_claimed", _("Follow-up claimed"), "Somebody takes it on. Facts: assignee."
)
follow_up_released = DurableSignal(
    "follow_up_released",
    _("Follow-up back in the queue"),
    "Whoever was to call has left; somebody else is. Facts: was, assignee.",
)
follow_up_closed = DurableSignal("follow_up_closed", _("Follow-up closed"), "It is settled. Facts: outcome.")
follow_up_late = DurableSignal(
    "follow_up_late",
    _("Follow-up is late"),
    "A promise to call is running out (level colleague) or broken (level lead). Facts: level.",
)

assessment_issued = DurableSignal(
    "assessment_issued",
    _("Assessment issued"),
    "A report exists. Facts: attempt, basis. A full one supersedes the estimates.",
)
review_finished = DurableSignal(
    "review_finished",
    _("Review finished"),
    "The reviewer is done: the full report stands otherwise than it was first told. Facts: attempt, basis.",
)
assessment_withdrawn = DurableSignal(
    "assessment_withdrawn", _("Assessment withdrawn"), "A report no longer stands. Facts: attempt, basis."
)

application_advanced = DurableSignal(
    "application_advanced",
    _("Application advanced"),
    "An application entered a stage ahead. Facts: stage, was, basis (of an invitation), reason (of a hire beyond).",
)
application_moved = DurableSignal(
    "application_moved",
    _("Application moved"),
    "A person screened an application, or took its invitation back. Facts: stage, was.",
)
application_ended = DurableSignal(
    "application_ended",
    _("Application ended"),
    "Rejected, withdrawn or fallen through. Facts: stage, was; where one was given: reason.",
)
application_reopened = DurableSignal(
    "application_reopened",
    _("Application reopened"),
    "Its end, or its hire, was taken back. Facts: stage, was, reason.",
)
offer_drafted = DurableSignal(
    "offer_drafted", _("Offer drafted"), "An offer waits for its approval. Subject: the offer."
)
offer_approved = DurableSignal(
    "offer_approved",
    _("Offer approved"),
    "A colleague agreed to an offer. Subject: the offer. Facts: approver.",
)
offer_sent = DurableSignal(
    "offer_sent", _("Offer sent"), "The candidate may answer an offer. Subject: the offer. Facts: answer_by."
)
offer_accepted = DurableSignal(
    "offer_accepted", _("Offer accepted"), "The candidate took it. Subject: the offer. Facts: start_on."
)
offer_declined = DurableSignal(
    "offer_declined",
    _("Offer turned down"),
    "The candidate did not take it. Subject: the offer. Facts: reason.",
)
offer_lapsing = DurableSignal(
    "offer_lapsing",
    _("Offer about to expire"),
    "No answer has come yet, and a day at most is left. Subject: the offer. Facts: answer_by.",
)
offer_expired = DurableSignal(
    "offer_expired", _("Offer expired"), "No answer came in time. Subject: the offer. Facts: answer_by."
)
offer_withdrawn = DurableSignal(
    "offer_withdrawn",
    _("Offer withdrawn"),
    "We took it back. Subject: the offer. Facts: was, reason, refused_by.",
)
evidence_changed = DurableSignal(
    "evidence_changed",
    _("Test or résumé fact entered"),
    "HR entered or mended a written test or a résumé fact of an application. No facts.",
)
start_planned = DurableSignal(
    "start_planned", _("Start planned"), "A start date was planned or moved. Facts: planned_start."
)
invitation_overdue = DurableSignal(
    "invitation_overdue",
    _("Invitation overdue"),
    "A qualified application has no invitation, or a promised day has passed (reason promise_past). Facts: reason, "
    "promised_by where that passed. At most once a day each.",
)

candidate_corrected = DurableSignal(
    "candidate_corrected",
    _("Candidate corrected"),
    "Name, phone or e-mail are others now. Subject: the candidate. Facts: fields, those that changed.",
)

record_held = DurableSignal(
    "record_held",
    _("Record held"),
    "A candidate's record is held for a dispute. Facts: hold; application, where that alone is.",
)
record_released = DurableSignal(
    "record_released", _("Hold lifted"), "A candidate's record is not held any more. Facts: hold."
)
erasure_decided = DurableSignal(
    "erasure_decided",
    _("Erasure decided"),
    "A candidate's record is to be erased, an hour from now. Facts: erasure.",
)
erasure_called_off = DurableSignal(
    "erasure_called_off", _("Erasure called off"), "Before it began: the record stays. Facts: erasure."
)
erasure_ending = DurableSignal(
    "erasure_ending",
    _("Erasure almost done"),
    "Of a candidate who asked for it nothing is left but the name and how they are reached, which go once they were "
    "told. Facts: erasure, request.",
)
record_erased = DurableSignal(
    "record_erased",
    _("Record erased"),
    "Nothing of the candidate's record names a person any more. Facts: erasure.",
)
data_asked_for = DurableSignal(
    "data_asked_for",
    _("Request about the own data"),
    "A candidate asks for a copy of the own data, or for its erasure. Facts: request, kind, due_on.",
)
data_request_answered = DurableSignal(
    "data_request_answered",
    _("Request about the own data answered"),
    "A copy is ready, an erasure granted or refused. Facts: request, kind, state.",
)
data_request_reopened = DurableSignal(
    "data_request_reopened",
    _("Answer about the own data taken back"),
    "An erasure that was granted was called off: an answer is owed again. Facts: request, kind, state.",
)
data_request_withdrawn = DurableSignal(
    "data_request_withdrawn",
    _("Request about the own data taken back"),
    "Whoever asked for the erasure of the own data asks for it no longer. Facts: request, kind.",
)
slots_offered = DurableSignal(
    "slots_offered",
    _("Times offered"),
    "The candidate may choose a time. Subject: the offered times. Facts: choose_by, slots (how many).",
)
slot_chosen = DurableSignal(
    "slot_chosen",
    _("Time chosen"),
    "The candidate took one of the times. Subject: the offered times. Facts: opens_at, interview.",
)
slots_over = DurableSignal(
    "slots_over",
    _("Offered times are over"),
    "Nobody chose in time, or HR took them back. Subject: the offered times. Facts: state.",
)
note_written = DurableSignal(
    "note_written",
    _("Colleague named in a note"),
    "A note about a candidate names somebody whom it did not name before. Facts: named, how many.",
)
application_received = DurableSignal(
    "application_received",
    _("Application received"),
    "Somebody applied over the public page, and the application has begun. Facts: source.",
)
problem_reported = DurableSignal(
    "problem_reported", _("Problem reported"), "A colleague or a candidate has trouble with something."
)
problem_answered = DurableSignal(
    "problem_answered", _("Problem answered"), "What was reported has its answer."
)
