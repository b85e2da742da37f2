"""What the API's schema calls the choices of this app."""

ENUMS = {
    "ExclusionReasonEnum": "reports.exclusions.Reason",
}
