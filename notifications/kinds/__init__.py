"""Every kind of message, each declared once: whom it is for, in which words, how long it is true."""

from notifications.kinds import (
    applications,
    approvals,
    digests,
    ends,
    follow_ups,
    interviews,
    many,
    notes,
    offers,
    own_data,
    plans,
    problems,
    reports,
    rounds,
    slots,
    starts,
)

ALL = (
    *interviews.KINDS,
    *rounds.KINDS,
    *slots.KINDS,
    *applications.KINDS,
    *ends.KINDS,
    *offers.KINDS,
    *approvals.KINDS,
    *starts.KINDS,
    *plans.KINDS,
    *follow_ups.KINDS,
    *digests.KINDS,
    *many.KINDS,
    *notes.KINDS,
    *problems.KINDS,
    *own_data.KINDS,
    *reports.KINDS,
)
