"""What the API's schema calls the choices of this app."""

ENUMS = {
    "MediumEnum": "recruitment.enums.Medium",
    "RecordingStateEnum": "recruitment.enums.RecordingState",
    "EvidenceSourceEnum": "recruitment.api.assessments.SOURCES",
    "InterviewKindEnum": "recruitment.enums.InterviewKind",
    "ExitCauseEnum": "recruitment.enums.ExitCause",
    "InterviewStateEnum": "recruitment.enums.InterviewState",
    "AssessmentStatusEnum": "recruitment.enums.AssessmentStatus",
    "FollowUpKindEnum": "recruitment.enums.FollowUpKind",
    "FollowUpStateEnum": "recruitment.enums.FollowUpState",
    "ApplicationStageEnum": "recruitment.enums.ApplicationStage",
    "DeclineReasonEnum": "recruitment.enums.DeclineReason",
    "OfferStateEnum": "recruitment.enums.OfferState",
    "PayPeriodEnum": "recruitment.enums.PayPeriod",
    "RoundOutcomeEnum": "recruitment.enums.RoundOutcome",
    "OpeningStateEnum": "recruitment.enums.OpeningState",
}
