"""The sentence behind an outcome's code, for the person who reads the ledger."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from messaging.wecom.errors import MEANINGS

_SENTENCES = {
    "address": _("The address is not one this channel can write to."),
    "answer": _("The provider's answer could not be read; it may have taken the message."),
    "approval_template": _(
        "The approval template has no text field, or other fields that have to be filled in: make one with a single "
        "text field."
    ),
    "base_url": _("The address of the provider's server is wrong."),
    "certificate": _("The provider's certificate is not trusted."),
    "connect": _("The provider's server could not be reached."),
    "connect_timeout": _("The provider's server could not be reached."),
    "connection": _("The connection to the provider was lost."),
    "connection_lost": _(
        "The connection was lost while the message was handed over; it may have been taken."
    ),
    "creator_unknown": _("Whoever asks has no WeCom account on their account here."),
    "invaliduser": _("WeCom does not know this person, or the application may not write to them."),
    "kf_account": _(
        "The application may not speak for this WeChat service account, or there is none of this number."
    ),
    "kf_five_sent": _("They had been sent five messages since they last wrote."),
    "kf_nobody_serves": _(
        "Nobody takes people on for the WeChat service account: who asks for a person waits. Add colleagues to it in "
        "WeCom."
    ),
    "kf_not_shown": _("WeCom took it and did not show it."),
    "kf_refused": _("They have turned our messages off in WeChat."),
    "kf_session_closed": _("The conversation had been ended."),
    "kf_session_over": _("They last wrote more than two days ago."),
    "kf_window": _("The conversation is closed until the other side writes again."),
    "member_budget": _("They have had as many messages as WeCom shows in a minute; the others wait."),
    "not_connected": _("This channel is not set up."),
    "proxy": _("The proxy on the way to the provider does not answer."),
    "read_timeout": _("The provider did not answer in time; it may have taken the message."),
    "repeat_too_late": _(
        "It is unknown whether the provider took the message, and too late to repeat it safely."
    ),
    "process_ended": _("The process ended over it each time."),
    "range_empty": _(
        "Nobody is in the application's visible range: add colleagues or departments to it in WeCom."
    ),
    "range_without_you": _("You are not in the application's visible range; others may be."),
    "sms_account": _("The provider's SMS service is not open for this account."),
    "sms_application": _("The SMS application does not belong to this account."),
    "sms_blocked": _("This number has asked the provider for no more messages."),
    "sms_busy": _("The SMS provider is busy."),
    "sms_clock": _("This server's clock is wrong, so the provider refuses its calls."),
    "sms_content": _("The SMS provider refuses the content of the message."),
    "sms_key": _("The access key is unknown to the provider."),
    "sms_money": _("The SMS account has no money, or no package, left."),
    "sms_no_template": _("No approved text fits this message."),
    "sms_not_arrived": _("The phone did not get it."),
    "sms_not_listed": _("The provider's answer got lost; its list is looked through before another try."),
    "sms_often": _("This number has had too many messages for now."),
    "sms_phone": _("The provider does not know this number."),
    "sms_quota": _("The SMS account has reached its limit of messages."),
    "sms_refused": _("The SMS provider refused the call with a code we do not know."),
    "sms_right": _("The access key has no right to send SMS."),
    "sms_secret": _("The access key's secret is wrong."),
    "sms_signature": _("The signature is not approved."),
    "sms_template": _("The approved text and its number do not go together."),
    "sms_text_differs": _("The text was approved in other words."),
    "sms_text_missing": _("The provider knows no text under this number."),
    "sms_text_refused": _("The text was not approved."),
    "sms_text_waiting": _("The text still waits for approval."),
    "token_wait": _("The access token could not be fetched."),
    "unlicenseduser": _("This person has no WeCom licence for the application's messages."),
    "url": _("The link in the message is not a web address, or is too long."),
    "who_unknown": _("Nobody with an account here decided on it."),
    "userid": _("The address is not one this channel can write to."),
}
# Codes that end in the number the server gave.
_BY_KIND = {
    "content": _("The mail server refuses the content of the message."),
    "http": _("The provider's gateway answered with an error."),
    "login": _("The mail server refuses the login."),
    "not_supported": _("The mail server does not offer what the settings ask for."),
    "recipient": _("The mail server refuses the recipient."),
    "sender": _("The mail server refuses the sender's address."),
    "server": _("The mail server is not ready."),
    "token": _("The access token could not be fetched."),
}


def explain(code: str) -> str:
    """What `code` means, in the language of the screen; the code itself when it is unknown, "" for none."""
    if code in _SENTENCES:
        return str(_SENTENCES[code])
    first, _blank, detail = code.partition(" ")
    if detail and first in _SENTENCES:
        return f"{_SENTENCES[first]} ({detail})"
    kind, _separator, number = code.rpartition("_")
    if number.removeprefix("-").isdigit() and (meaning := MEANINGS.get(int(number))) and meaning.code == kind:
        return str(meaning.sentence)
    if kind == "refused":
        return gettext("WeCom refused the call with a code we do not know.")
    for name, sentence in _BY_KIND.items():
        if code.startswith(f"{name}_"):
            return str(sentence)
    return code
