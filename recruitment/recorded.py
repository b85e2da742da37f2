"""What candidates' browsers write by the second has logs of its own; everything that somebody decides is kept."""

NOT_RECORDED = {
    "Lease": "a heartbeat every ten seconds",
    "RoomEntry": "written once at each entry: it is what happened",
    "PresenceNote": "written once, as the page reports it",
    "RoomSession": "a browser's session, which lasts an interview",
    "Exposure": "written once, when the two sides differed: it is what happened",
    "FaceFigures": "a browser's counts: a history of them would outlive the recording and the consent",
    "GroupAnswer": "the candidate's alone: a history of it would show it to whoever decides",
    "HandoverCode": "good for minutes; its own row says when it was used",
    "Chunk": "bytes as they arrive, several a second; their answer and recording are kept",
    "RecordingAccess": "a log itself: who heard which recording",
    "ResumeAccess": "a log itself: who opened which résumé",
    "VendorEvent": "a vendor's message as received, with what became of it",
    "Enquiry": "written once, when somebody asked: it is what happened",
    "StagePassage": "written by the database when a stage changes: the application's own history says the same",
    "ReceivedMail": "a mail as received, with what became of it",
    "BusyTime": "what a calendar elsewhere said last: replaced at each reading",
}
# Whole texts of people stand in their own row alone: that they changed is kept, what they said before is not.
CHANGED_ONLY = {
    "Answer": ["text"],
    "InterviewExit": ["note", "evidence"],
    "InterviewSurvey": ["why"],
    "Candidate": ["other_contacts"],
    "Offer": ["letter", "letter_text", "conditions", "decline_words"],
    "Resume": ["text"],
    "PublicApplication": ["words"],
    "Transcript": ["pieces", "corrected", "corrections"],
    "ResumeProposal": ["passage"],
    "EarlierScore": ["evidence"],
    "RubricScore": ["evidence"],
    "Scoring": ["result"],
    "AssessmentScore": ["evidence"],
    "Scorecard": ["notes"],
    # A draft is its interviewer's own; what a correction changed stands in its event.
    "ScorecardScore": ["value"],
}
# An answer is saved while it is typed; it is given when it is finished.
DRAFTS = {
    "Answer": ("finished_at", ["text", "revision", "saved_at", "points_mentioned"]),
    "Scorecard": ("handed_in_at", ["notes", "revision", "saved_at"]),
}
NOT_SAID = {
    "Erasure": ["records", "done", "failing"],
    "PersonRequest": ["stored_name", "key_hash", "key_ends_at"],
    "PublicApplication": ["stored_name"],
    "Mailbox": ["uid_validity", "last_uid", "read_at", "failing_code", "failing_since"],
    "OutsideCalendar": ["tag", "whole_at", "asked_at", "read_at", "failing_code", "failing_since"],
    "Scoring": ["digest", "claimed_until", "try_after", "tries"],
    "Transcript": ["file", "claimed_until", "try_after", "tries", "scored_at"],
    "Resume": ["word_key", "page_names", "tries", "changed_at"],
    "VendorInterview": ["heard_at", "asked_at"],
    "Voice": ["sound", "tries", "try_after"],
}
PARTIES = {"room/": "candidate", "i/": "candidate", "vendors/": "vendor"}
