"""The template that new cases take their steps from."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.errors import NotFound, Refused
from onboarding.enums import StepKind
from onboarding.models import OnboardingTemplate, TemplateStep
from people.actors import Actor, require_right
from people.enums import Role
from people.rights import Right

FIRST_NAME = "标准入职流程"
# kind, title, English title, working days from the start, who does it
FIRST_STEPS = (
    (StepKind.APPROVAL, "录用审批", "Hiring approval", -10, Role.LEAD),
    (StepKind.CONTRACT, "签订劳动合同", "Sign the contract", -7, Role.ONBOARDING),
    (StepKind.ACCESS, "开通系统权限", "Open system access", -3, Role.ONBOARDING),
    (StepKind.EQUIPMENT, "准备办公设备", "Prepare the equipment", -2, Role.ONBOARDING),
    (StepKind.FIRST_DAY, "首日报到", "First day", 0, Role.ONBOARDING),
)


def default_template() -> OnboardingTemplate:
    """The one that new cases take. Raises Refused("onboarding_template_missing")."""
    template = OnboardingTemplate.objects.filter(is_default=True).first()
    if template is None:
        raise Refused("onboarding_template_missing", _("No onboarding template is marked as the default."))
    return template


def make_default(*, template_id: int, by: Actor) -> OnboardingTemplate:
    """New cases take this template's steps from now on, in place of the one before.

    Raises Forbidden("not_permitted"), NotFound("template_unknown"), Refused("template_without_steps").
    """
    require_right(by, Right.PREPARE)
    with transaction.atomic():
        list(OnboardingTemplate.objects.select_for_update().order_by("pk").values_list("pk"))
        template = OnboardingTemplate.objects.filter(pk=template_id).first()
        if template is None:
            raise NotFound("template_unknown", _("There is no such onboarding template."))
        if not template.steps.exists():
            raise Refused("template_without_steps", _("A template without steps cannot be the default."))
        OnboardingTemplate.objects.filter(is_default=True).exclude(pk=template.pk).update(is_default=False)
        template.is_default = True
        template.save(update_fields=["is_default"])
        return template


def ensure_one() -> None:
    """Write the standard template when there is none at all; whatever HR has made of it stays."""
    with transaction.atomic():
        if OnboardingTemplate.objects.exists():
            return
        template = OnboardingTemplate.objects.create(name=FIRST_NAME, is_default=True)
        TemplateStep.objects.bulk_create(
            TemplateStep(
                template=template,
                number=number,
                kind=kind,
                title=title,
                title_en=title_en,
                offset_working_days=offset,
                owner_role=role,
            )
            for number, (kind, title, title_en, offset, role) in enumerate(FIRST_STEPS, start=1)
        )
