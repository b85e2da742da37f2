"""What comes in: résumés and what they propose, mails and applications of the public page, with what became of each."""

from enum import nonmember

from django.db import models
from django.utils.translation import gettext_lazy as _


class ResumeFactKind(models.TextChoices):
    PROJECT = "project", _("Project")
    INTERNSHIP = "internship", _("Internship")
    EDUCATION = "education", _("Education")


class Degree(models.IntegerChoices):
    """What a course of studies ends with, the higher the later."""

    COLLEGE = 1, _("Junior college")
    BACHELOR = 2, _("Bachelor")
    MASTER = 3, _("Master")
    DOCTOR = 4, _("Doctor")


class ResumeKind(models.TextChoices):
    PDF = "pdf", "PDF"
    DOCX = "docx", "Word"


class ResumeState(models.TextChoices):
    READING = "reading", _("Being read")
    READ = "read", _("Read")
    UNREADABLE = "unreadable", _("Cannot be read")


class ProposalKind(models.TextChoices):
    """What a résumé's text may say of the person."""

    PHONE = "phone", _("Phone")
    EMAIL = "email", _("E-mail")
    EDUCATION = "education", _("Education")
    INTERNSHIP = "internship", _("Internship")
    EXPERIENCE = "experience", _("Working experience")
    SKILL = "skill", _("Skill")

    # These become facts with a level, which a person judges.
    judged = nonmember(("education", "internship", "experience", "skill"))


class ProposalState(models.TextChoices):
    PROPOSED = "proposed", _("Proposed")
    CONFIRMED = "confirmed", _("Confirmed")
    DISMISSED = "dismissed", _("Dismissed")


class IntakeWay(models.TextChoices):
    """Which way an application came that is looked at by a person first."""

    PAGE = "page", _("Public application page")
    MAIL = "mail", _("Résumé mailbox")


class MailSafety(models.TextChoices):
    """How the way to a mail server is encrypted."""

    TLS = "tls", _("TLS (usually port 993)")
    STARTTLS = "starttls", _("STARTTLS (usually port 143)")
    NONE = "none", _("None: inside an allowed network only")


class MailState(models.TextChoices):
    """What became of a mail to a résumé mailbox. `repeated`: its file waits for a person already."""

    PROPOSED = "proposed", _("Proposed")
    NO_RESUME = "no_resume", _("No résumé in it")
    REFUSED = "refused", _("File not taken")
    REPEATED = "repeated", _("Sent before")


class IntakeState(models.TextChoices):
    """What became of an application that came over the public page or by mail."""

    WAITING = "waiting", _("Known? To be looked at")
    TAKEN = "taken", _("Became an application")
    DISMISSED = "dismissed", _("Put aside")
