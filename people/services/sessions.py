"""Where a colleague is signed in, and how that ends."""

from datetime import timedelta

from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.errors import Forbidden
from people.actors import Actor, Party, actor_user
from people.models import OpenSession, User
from people.rules import may_keep
from people.signals import ways_in_ended

# A session is noted before it is saved: what is younger than this may still be on its way.
_YOUNG = timedelta(minutes=10)


def note(user: User, *, session_key: str, address: str, browser: str) -> None:
    """Remember where a session was opened; noted twice it is noted once."""
    OpenSession.objects.update_or_create(
        session_key=session_key, defaults={"user": user, "address": address, "browser": browser}
    )


def end(user: User, session_id: int) -> None:
    """End one session of one's own; whoever uses it is signed out with the next click. Gone already: harmless."""
    with transaction.atomic():
        for row in user.open_sessions.filter(pk=session_id).select_for_update():
            Session.objects.filter(session_key=row.session_key).delete()
            row.delete()


def end_all(*, user_id: int, by: Actor) -> User:
    """End every session, whether it is noted or not, forget every trusted device, and end what other apps let in by a
    link (`ways_in_ended`); one's own, or by whoever keeps the account. Keys to the API go on: each has its own end.
    Whoever does it to themselves and stays signs in again by `update_session_auth_hash`.

    Forbidden: not_permitted.
    """
    with transaction.atomic():
        user = User.objects.select_for_update(of=("self",)).get(pk=user_id)
        person = actor_user(by)
        if by is not Party.SYSTEM and (
            person is None or not (person.pk == user.pk or may_keep(person, user))
        ):
            raise Forbidden("not_permitted", _("Only the HR lead may do this."))
        User.objects.filter(pk=user.pk).update(sessions_ended=F("sessions_ended") + 1)
        user.open_sessions.all().end()
        user.trusted_devices.all().delete()
        ways_in_ended.send(User, user_id=user.pk)
    user.refresh_from_db(fields=["sessions_ended"])
    return user


def forget_old() -> int:
    """Delete what is noted of sessions that are over; returns how many."""
    alive = OpenSession.objects.alive().values("pk")
    gone = OpenSession.objects.filter(created_at__lt=timezone.now() - _YOUNG).exclude(pk__in=alive)
    return gone.delete()[0]
