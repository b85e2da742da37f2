"""The sentence behind an outcome's code, for the person who reads the ledger."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from messaging.wecom.errors import MEANINGS

_SENTENCES = {
    "address": _("The address is not one this channel can write to."),
    "answer": _("The provider's answer could not be read; it may have taken the message."),
    "base_url": _("The address of the provider's server is wrong."),
    "certificate": _("The provider's certificate is not trusted."),
    "connect": _("The provider's server could not be reached."),
    "connect_timeout": _("The provider's server could not be reached."),
    "connection": _("The connection to the provider was lost."),
    "connection_lost": _(
        "The connection was lost while the message was handed over; it may have been taken."
    ),
    "invaliduser": _("WeCom does not know this person, or the application may not write to them."),
    "not_connected": _("This channel is not set up."),
    "proxy": _("The proxy on the way to the provider does not answer."),
    "read_timeout": _("The provider did not answer in time; it may have taken the message."),
    "repeat_too_late": _(
        "It is unknown whether the provider took the message, and too late to repeat it safely."
    ),
    "token_wait": _("The access token could not be fetched."),
    "unlicenseduser": _("This person has no WeCom licence for the application's messages."),
    "url": _("The link in the message is not a web address, or is too long."),
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
    kind, _separator, number = code.rpartition("_")
    if number.removeprefix("-").isdigit() and (meaning := MEANINGS.get(int(number))) and meaning.code == kind:
        return str(meaning.sentence)
    if kind == "refused":
        return gettext("WeCom refused the call with a code we do not know.")
    for name, sentence in _BY_KIND.items():
        if code.startswith(f"{name}_"):
            return str(sentence)
    return code
