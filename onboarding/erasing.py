"""Of whom never started, the prepared file is nobody's afterwards. A hired person's file stays: the law asks for it."""

from core.persons import Records
from onboarding.models import EmployeeIdentity, OnboardingCase
from onboarding.queries import identities_of
from people.enums import EmployeeStatus
from people.models import Employee


def _prepared(records: Records) -> Records:
    """The files that were made for this person alone, who did not start."""
    cases = OnboardingCase.objects.filter(pk__in=records.get(OnboardingCase._meta.label_lower, ()))
    never = cases.filter(employee__status__in=(*EmployeeStatus.before_the_start, EmployeeStatus.CANCELLED))
    return {Employee._meta.label_lower: sorted(set(never.values_list("employee", flat=True)))}


def _identities(records: Records) -> Records:
    """What was given of identity document and address hangs on the employee file: whoever asks for a copy of the own
    data reads it, and it goes with the record, whose erasure is refused as long as somebody is hired."""
    cases = OnboardingCase.objects.filter(pk__in=records.get(OnboardingCase._meta.label_lower, ()))
    return {EmployeeIdentity._meta.label_lower: identities_of(cases)}


DELETED = ["EmployeeIdentity"]
KEPT = {"OnboardingStep": ["title", "title_en"]}
ALSO = [_prepared, _identities]
