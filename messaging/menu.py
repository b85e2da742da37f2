"""What the sidebar offers of this app."""

from django.utils.translation import gettext_lazy as _

from core.admin.menu import Entry, Group
from people.enums import ADMINISTRATOR, Role

MESSAGES = Group(_("Messages"), 60)

ENTRIES = [
    Entry(
        MESSAGES, _("Message ledger"), "mail", model="messaging.message", order=10, daily=(Role.ONBOARDING,)
    ),
    Entry(
        MESSAGES,
        _("Channel pauses"),
        "pause_circle",
        model="messaging.channelpause",
        order=20,
        daily=(ADMINISTRATOR,),
    ),
    Entry(
        MESSAGES,
        _("WeCom connection"),
        "forum",
        model="messaging.wecomconnection",
        order=30,
    ),
    Entry(
        MESSAGES,
        _("WeCom callbacks"),
        "call_received",
        model="messaging.callback",
        order=35,
    ),
    Entry(
        MESSAGES,
        _("WeCom approvals"),
        "approval_delegation",
        model="messaging.approval",
        order=37,
    ),
    Entry(
        MESSAGES,
        _("SMS connection"),
        "sms",
        model="messaging.smsconnection",
        order=40,
    ),
]
