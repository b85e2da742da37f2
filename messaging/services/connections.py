"""What whoever keeps the house does with connections: keep their secret, and see whether they work."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.errors import Forbidden, Invalid
from messaging import connected
from messaging.enums import SmsProvider
from messaging.models import SmsConnection, WeComConnection
from messaging.providers.errors import ProviderError
from messaging.sms.base import Approval
from messaging.sms.providers import PROVIDERS
from messaging.sms.text import variables
from messaging.wecom.approvals import Approvals
from messaging.wecom.cipher import is_key
from messaging.wecom.client import WeComClient
from messaging.wecom.service import CustomerService
from people.actors import Actor, actor_user
from people.models import User
from people.rules import keeps_house

Connection = WeComConnection | SmsConnection
LONGEST_SECRET = 200
LONGEST_TOKEN = 32


def set_secret(connection: Connection, *, secret: str, by: Actor) -> None:
    """Keep a new secret, encrypted. Raises Forbidden, Invalid("secret_invalid")."""
    keeper(by)
    secret = secret.strip()
    if not 0 < len(secret) <= LONGEST_SECRET or not secret.isascii() or not secret.isprintable():
        raise Invalid(
            "secret_invalid", _("A secret is letters, digits and signs without blanks around them.")
        )
    with transaction.atomic():
        row = type(connection).objects.select_for_update().get(pk=connection.pk)
        row.secret = secret
        row.tested_at, row.tested_code = None, ""
        row.save(update_fields=["secret", "tested_at", "tested_code"])


def set_callback(connection: WeComConnection, *, token: str, aes_key: str, by: Actor) -> None:
    """Keep the token and the EncodingAESKey that WeCom calls us with, encrypted.

    Raises Forbidden, Invalid("token_invalid", "aes_key_invalid").
    """
    keeper(by)
    token, aes_key = token.strip(), aes_key.strip()
    if not 0 < len(token) <= LONGEST_TOKEN or not token.isascii() or not token.isalnum():
        raise Invalid("token_invalid", _("A token is at most 32 letters and digits."))
    if not is_key(aes_key):
        raise Invalid("aes_key_invalid", _("An EncodingAESKey is 43 letters and digits."))
    with transaction.atomic():
        row = WeComConnection.objects.select_for_update().get(pk=connection.pk)
        row.set_callback(token, aes_key)
        row.save(update_fields=["callback_pair"])


def test_wecom(connection: WeComConnection, *, by: Actor) -> list[str]:
    """Ask WeCom, outside any transaction, and keep what was found; returns the codes of what is wrong, none for well.

    The secret and the company, whether this server may call, whether anybody is in the application's visible range,
    and whether the asking colleague is. Raises Forbidden.
    """
    user = keeper(by)
    found = _problems_of_wecom(connection, user) if connection.secret else ["not_connected"]
    _keep(connection, found)
    return found


def _problems_of_wecom(connection: WeComConnection, user: User) -> list[str]:
    client = WeComClient(**connected.of_wecom(connection))
    try:
        seen = client.visible_range()
        if seen.is_empty:
            return ["range_empty"]
        if user.wecom_userid:
            client.sees(user.wecom_userid)
        found = _problems_of_approvals(connection, client)
        if not found and connection.kf_account:
            return _problems_of_kf(connection, client)
        return found
    except ProviderError as error:
        return ["range_without_you" if error.errcode in OUTSIDE_RANGE else error.code]


def _problems_of_approvals(connection: WeComConnection, client: WeComClient) -> list[str]:
    """Whether each template can be filled in by us."""
    approvals = Approvals(client)
    texts = [approvals.place(row.number) for row in connection.templates.all()]
    return ["approval_template"] if None in texts else []


def _problems_of_kf(connection: WeComConnection, client: WeComClient) -> list[str]:
    """Whether the application may speak for the account, and whether anybody takes on who asks for a person; its
    address is kept."""
    kf = CustomerService(client)
    if connection.kf_account not in {one.number for one in kf.accounts()}:
        return ["kf_account"]
    connection.kf_url = kf.address(connection.kf_account, scene="hr")
    connection.save(update_fields=["kf_url"])
    return [] if kf.is_served(connection.kf_account) else ["kf_nobody_serves"]


def callers(connection: WeComConnection, *, by: Actor) -> list[str]:
    """From which addresses WeCom calls us: what a firewall has to let through. None where it does not say, or where
    callbacks are not set up. Raises Forbidden."""
    keeper(by)
    if not connection.secret or not connection.callback_pair:
        return []
    try:
        return WeComClient(**connected.of_wecom(connection)).callers()
    except ProviderError:
        return []


# What user/get answers of a colleague that the application does not see.
OUTSIDE_RANGE = (60011, 60111)


def test_sms(connection: SmsConnection, *, by: Actor) -> list[str]:
    """As `test_wecom`: the key and the secret, and that each text is approved and reads as it was entered here."""
    keeper(by)
    found = _problems_of_sms(connection) if connection.secret else ["not_connected"]
    _keep(connection, found)
    return found


def _problems_of_sms(connection: SmsConnection) -> list[str]:
    texts = {row.number: row.text for row in connection.templates.all()}
    try:
        approvals = PROVIDERS[connection.provider](connected.of_sms(connection)).approvals(sorted(texts))
    except ProviderError as error:
        return [error.code]
    problems = list(_of_texts(connection.provider, texts, approvals))
    return problems or ([] if texts else ["sms_no_template"])


def _of_texts(provider: str, texts: dict[str, str], approvals: dict[str, Approval]) -> Iterable[str]:
    for number, text in texts.items():
        approval = approvals[number]
        if approval.state != "approved":
            yield f"sms_text_{approval.state} {number}"
        elif approval.text and approval.text != as_approved(provider, text):
            yield f"sms_text_differs {number}"


def as_approved(provider: str, text: str) -> str:
    """The text as the provider spells its variables: by name at Aliyun, by place at Tencent Cloud."""
    if provider == SmsProvider.TENCENT:
        for place, name in enumerate(variables(text), start=1):
            text = text.replace(f"${{{name}}}", f"{{{place}}}")
    return text


def _keep(connection: Connection, found: list[str]) -> None:
    type(connection).objects.filter(pk=connection.pk).update(
        tested_at=timezone.now(), tested_code=", ".join(found)[:80]
    )


def keeper(by: Actor) -> User:
    """The colleague who acts, who keeps the house. Raises Forbidden."""
    user = actor_user(by)
    if user is None or not keeps_house(user):
        raise Forbidden("not_permitted", _("Only the HR lead may do this."))
    return user
