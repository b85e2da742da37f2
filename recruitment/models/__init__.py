from recruitment.models.advancing import AdvanceRule, RuleCondition, RuleVersion
from recruitment.models.answers import Answer, Checkpoint, EarlierScore, RubricScore
from recruitment.models.assessments import Assessment, AssessmentScore, Decision, Invitation
from recruitment.models.calendars import BusyTime, CalendarLink, OutsideCalendar
from recruitment.models.candidates import Application, Candidate, ResumeFact, WrittenTest
from recruitment.models.enquiries import Enquiry
from recruitment.models.exits import InterviewExit
from recruitment.models.experiments import Experiment, Exposure
from recruitment.models.faces import FaceFigures
from recruitment.models.follow_ups import ContactAttempt, FollowUp
from recruitment.models.groups import GroupAnswer
from recruitment.models.intake import PublicApplication
from recruitment.models.interviews import Consent, Interview, Lease
from recruitment.models.judgements import Judgement
from recruitment.models.learning import Learning
from recruitment.models.letters import LetterTemplate, LetterVersion
from recruitment.models.mailboxes import Mailbox, ReceivedMail
from recruitment.models.merges import CandidateMerge
from recruitment.models.notes import CandidateNote, NoteMention
from recruitment.models.offers import Offer
from recruitment.models.openings import Competency, Opening, OpeningSkill, Skill
from recruitment.models.passages import StagePassage
from recruitment.models.plans import InterviewPlan, MentionPoint, PlanVersion, Question, RubricLevel, Stage
from recruitment.models.privacy import Erasure, Hold, PersonRequest
from recruitment.models.probes import Probe
from recruitment.models.problems import Problem
from recruitment.models.promises import StagePromise
from recruitment.models.recordings import Chunk, Recording, RecordingAccess, RoomEntry, Segment
from recruitment.models.resumes import Resume, ResumeAccess, ResumeProposal
from recruitment.models.rooms import HandoverCode, PresenceNote, RoomLink, RoomSession
from recruitment.models.rounds import Round, Scorecard, ScorecardScore
from recruitment.models.scorings import Scoring
from recruitment.models.slots import OfferedSlot, SlotOffer
from recruitment.models.surveys import InterviewSurvey
from recruitment.models.tags import CandidateTag, Tag
from recruitment.models.transcripts import Transcript
from recruitment.models.vendors import Vendor, VendorEvent, VendorInterview
from recruitment.models.voices import Voice

__all__ = [
    "AdvanceRule",
    "Answer",
    "Application",
    "Assessment",
    "AssessmentScore",
    "BusyTime",
    "CalendarLink",
    "Candidate",
    "CandidateMerge",
    "CandidateNote",
    "CandidateTag",
    "Checkpoint",
    "Chunk",
    "Competency",
    "Consent",
    "ContactAttempt",
    "Decision",
    "EarlierScore",
    "Enquiry",
    "Erasure",
    "Experiment",
    "Exposure",
    "FaceFigures",
    "FollowUp",
    "GroupAnswer",
    "HandoverCode",
    "Hold",
    "Interview",
    "InterviewExit",
    "InterviewPlan",
    "InterviewSurvey",
    "Invitation",
    "Judgement",
    "Learning",
    "Lease",
    "LetterTemplate",
    "LetterVersion",
    "Mailbox",
    "MentionPoint",
    "NoteMention",
    "Offer",
    "OfferedSlot",
    "Opening",
    "OpeningSkill",
    "OutsideCalendar",
    "PersonRequest",
    "PlanVersion",
    "PresenceNote",
    "Probe",
    "Problem",
    "PublicApplication",
    "Question",
    "ReceivedMail",
    "Recording",
    "RecordingAccess",
    "Resume",
    "ResumeAccess",
    "ResumeFact",
    "ResumeProposal",
    "RoomEntry",
    "RoomLink",
    "RoomSession",
    "Round",
    "RubricLevel",
    "RubricScore",
    "RuleCondition",
    "RuleVersion",
    "Scorecard",
    "ScorecardScore",
    "Scoring",
    "Segment",
    "Skill",
    "SlotOffer",
    "Stage",
    "StagePassage",
    "StagePromise",
    "Tag",
    "Transcript",
    "Vendor",
    "VendorEvent",
    "VendorInterview",
    "Voice",
    "WrittenTest",
]
