"""The sentences behind the codes of mailboxes and mails, for whoever looks why nothing comes."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from recruitment.resumes import kinds

_OF_MAILBOXES: dict[str, Promise] = {
    "address_not_allowed": _(
        "This server name leads to an address inside a network, which is not asked. If the mail server is the house's "
        "own, its network has to be allowed in HRSUITE_VENDOR_NETWORKS."
    ),
    "answer_too_long": _("The server sent more than any mail may be; the connection was ended."),
    "certificate": _("The server's certificate is not trusted, or was made for another name."),
    "connection_lost": _("The connection to the server was lost."),
    "folder_unknown": _("The server knows no such folder. The inbox is called INBOX."),
    "login_refused": _(
        "The server refuses user name and password. At QQ, 163 and similar providers IMAP has to be switched on in "
        "the mailbox's settings first, and the password is the authorisation code that is shown there."
    ),
    "name_unknown": _("There is no server of this name."),
    "no_tls": _("The server does not speak with this encryption at this port."),
    "not_imap": _("What answers there is no IMAP server, or one that answers in a way we do not understand."),
    "not_now": _("The machine had no room to look at a file; it goes on at the next time."),
    "plain_outside": _("Without encryption only a mail server inside an allowed network is asked."),
    "secret_missing": _("The password has not been set yet."),
    "storage_down": _("The store of files cannot be reached; it goes on at the next time."),
    "too_slow": _("The server did not answer in time."),
    "unreachable": _("Nothing answers at this server and port."),
}
_OF_MAILS: dict[str, Promise] = {
    "mail_too_large": _(
        "The mail is larger than 30 MB and was not fetched. Please look at it in the mailbox."
    ),
    "mail_unreadable": _("The mail cannot be taken apart. Please look at it in the mailbox."),
    "too_large": _("The file is larger than 10 MB."),
}


def explain(code: str) -> str:
    """The sentence; the code itself where there is none, "" for none."""
    for known in (_OF_MAILBOXES, _OF_MAILS, kinds.SENTENCES):
        if code in known:
            return str(known[code])
    return code
