"""How Django asks who signs in: through the service that counts the tries."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import Permission
from django.db.models import Q
from django.http import HttpRequest

from people.known_browsers import Caller
from people.models import User
from people.services import signing_in


class CountedBackend(ModelBackend):
    """Names and passwords, as Django's own backend takes them; every try is counted before its password is hashed.

    What somebody may besides is read at once, the own permissions and those of the groups together.
    """

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **others: Any,
    ) -> User | None:
        """The person, or None. TooMany: as for the service."""
        if not username or password is None:
            return None
        caller = Caller.of(request) if request is not None else Caller("")
        return signing_in.authenticate(username=username, password=password, caller=caller)

    def get_user(self, user_id: Any) -> User | None:
        """Whose session it is, with what the roles may: one query for both."""
        user = User.objects.with_grid().filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        """As Django's own, in one query where that asks two."""
        if not user_obj.is_active or user_obj.is_anonymous or obj is not None or user_obj.is_superuser:
            return super().get_all_permissions(user_obj, obj)
        if not hasattr(user_obj, "_perm_cache"):
            found = Permission.objects.filter(Q(user=user_obj) | Q(group__user=user_obj)).order_by()
            names = found.values_list("content_type__app_label", "codename").distinct()
            user_obj._perm_cache = {f"{app}.{name}" for app, name in names}
        known: set[str] = user_obj._perm_cache
        return known
