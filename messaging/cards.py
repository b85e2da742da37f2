"""Cards on colleagues' phones: a button pressed, and what a card shows brought to what may be done now.

A card is one person's. When somebody else was quicker, or the matter is over, its buttons make room for a word that
says so; whoever took it on sees the buttons of the next step. WeCom changes a card once for each code that it gave: one
came when the card was sent, another with each press.
"""

import logging
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError, Forbidden, NotFound
from core.history.context import acting
from messaging import connected, kinds
from messaging.callbacks.handling import Told, colleague
from messaging.channels.wecom import application, card_of
from messaging.faces import Face
from messaging.models import Card, Delivery, Message
from messaging.providers.errors import (
    AlreadyDone,
    ContentProblem,
    ProviderError,
    RecipientProblem,
)
from messaging.services import cards
from people.models import User

EVENT = "template_card_event"
# As long as one change may take; then it is anybody's again. So long is waited after a failure, too.
LEASE = timedelta(seconds=60)

logger = logging.getLogger(__name__)


def press(told: Told) -> str:
    """Somebody pressed a button: it does what it says, by their rights, and every card about it is looked at again.

    Answers the refusal's code where the record, or their right, did not allow it: their card says what stands now.
    Raises NotFound("card_unknown"), Forbidden("who_unknown", "not_theirs").
    """
    delivery = (
        Delivery.objects.select_related("message__user")
        .filter(provider_key=told.get("TaskId").partition("@")[0], channel="wecom")
        .first()
    )
    if delivery is None:
        raise NotFound("card_unknown", _("There is no such card."))
    person = colleague(told.get("FromUserName"))
    message = delivery.message
    if person is None:
        raise Forbidden("who_unknown", _("Nobody with an account here pressed this."))
    if message.user_id != person.pk:
        raise Forbidden("not_theirs", _("This card was sent to somebody else."))
    code = ""
    try:
        with acting(source=f"callback:{EVENT}", by=person.pk), transaction.atomic():
            _take(message, told.get("EventKey"), person)
            _changed(delivery, told)
            # With the step itself: who dies after it does not take it twice.
            told.settle()
    except DomainError as error:
        code = error.code
        _changed(delivery, told)
    refresh_due()
    return code


def _take(message: Message, key: str, person: User) -> None:
    do = kinds.kind(message.kind).press
    if do is not None:
        with translation.override(message.language):
            do(message, key, person)


def _changed(delivery: Delivery, told: Told) -> None:
    cards.pressed(delivery.pk, code=told.get("ResponseCode"))
    if delivery.message.topic is not None:
        cards.look_again([delivery.message.topic])


def refresh_due(limit: int = 50) -> int:
    """Bring the cards that have to be looked at to what may be done now, at most `limit`; returns how many were looked
    at. Several pumps share the work. The calls are made outside any transaction."""
    looked = 0
    while looked < limit and (card := _claim()) is not None:
        looked += 1
        _refresh(card)
    return looked


def _claim() -> Card | None:
    now = timezone.now()
    with transaction.atomic(durable=True):
        stale = Card.objects.select_for_update(skip_locked=True, of=("self",)).filter(stale_at__lte=now)
        card = stale.select_related("delivery__message__user").order_by("stale_at", "delivery").first()
        if card is None:
            return None
        card.stale_at = now + LEASE
        card.save(update_fields=["stale_at"])
    return card


def _refresh(card: Card) -> None:
    message = card.delivery.message
    face = kinds.face_of(message)
    if face is None or face.digest == card.shows or not card.can_change or message.user is None:
        _done(card)
        return
    shows = face.digest
    try:
        _change(card, message.user, face)
    except (ContentProblem, RecipientProblem, AlreadyDone) as error:
        # The code was used by a try whose answer got lost, or is too old; or they are gone.
        _done(card, code="", last_code=error.code, shows=shows)
    except ProviderError as error:
        # Looked at again when the lease is over, as long as the code works.
        Card.objects.filter(pk=card.pk).update(last_code=error.code[:80])
        logger.warning("card %s could not be changed: %s", card.pk, error.code)
    else:
        _done(card, code="", last_code="", shows=shows, changes=F("changes") + 1)


def _done(card: Card, **values: object) -> None:
    """Only as far as nobody asked for another look, or pressed, meanwhile."""
    Card.objects.filter(pk=card.pk, stale_at=card.stale_at).update(stale_at=None, **values)


def _change(card: Card, person: User, face: Face) -> None:
    client, _circuit, _budget = application(**connected.wecom())
    message = card.delivery.message
    whom = {"userid": person.wecom_userid, "response_code": card.code}
    if face.ending:
        client.replace_buttons(**whom, text=face.ending)
        return
    shown = card_of(message.subject, message.body_now, face)
    name = f"{card.delivery.provider_key}@{card.changes + 1}"
    client.replace_card(**whom, card=shown, task_id=name)
