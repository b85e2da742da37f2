"""The people who sign in."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.contrib.auth.models import UserManager as DjangoUserManager
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import StrIndex, Upper
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from core.contacts import EmailField, NameField, spell_out
from core.sealed.fields import SealedPhoneField, SealedTextField, only_sealed
from core.searching import search_index
from people.enums import ADMINISTRATOR, HR_ROLES, STAFF_ROLES, Role
from people.models.department import Department
from people.models.rights import read_grid, stated
from people.names import search_key, sort_key
from people.rights import Grid, Reach, Right, right_to_change, rights_to_see
from people.scope import ScopedQuerySet
from people.signals import ways_in_ended
from people.zones import LONGEST, validate_zone

# Tables that only a superuser manages: keys, sessions and the machinery below the product.
SYSTEM_APPS = frozenset({"admin", "auth", "contenttypes", "sessions", "django_q"})
# Of these whoever runs the machine reads.
MACHINE = "django_q"
# User names that differ in case alone can only come from before the forms refused them.
MOST_SPELLINGS = 10


class UserQuerySet(ScopedQuerySet["User"]):
    """People, by who may see them and by role."""

    def with_role(self, role: Role) -> Self:
        """The active people who hold `role`, oldest account first."""
        return self.filter(is_active=True, roles__contains=[role]).order_by("pk")

    def hr(self) -> Self:
        """The active HR colleagues."""
        return self.filter(
            Q(is_superuser=True) | Q(roles__overlap=sorted(HR_ROLES)), is_active=True
        ).order_by("pk")

    def signing_in_as(self, typed: str) -> "User | None":
        """Whose user name this is, in capitals or not. Of two that differ in case alone, each as it is written.

        One query, whether there is one or not.
        """
        found = list(self.filter(username__iexact=typed)[:MOST_SPELLINGS])
        exact = [user for user in found if user.username == typed]
        return (exact or (found if len(found) == 1 else [None]))[0]

    def with_grid(self) -> Self:
        """With what the roles may, in the same statement."""
        return self.annotate(stated_grid=stated())


class UserManager(DjangoUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Makes accounts as Django does, and answers UserQuerySet's questions."""

    use_in_migrations = False


class User(AbstractUser):
    """A colleague who signs in: HR to the admin, department managers to the API. Candidates have no account.

    What a person may do follows from `roles` and the grid (people.rights) alone: the roles of the back office open the
    admin (save() keeps `is_staff`), a manager sees the own department tree over the API, an interviewer the own rounds.
    """

    _grid: Grid | None = None

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = NameField(_("full name"), max_length=100)
    email = EmailField(AbstractUser._meta.get_field("email").verbose_name, blank=True)
    name_key = models.CharField(_("sort key"), max_length=200, editable=False, default="", db_index=True)
    search_key = models.TextField(editable=False, default="")
    phone = SealedPhoneField(_("phone"), max_length=30, blank=True, looked_up=True)
    other_contacts = SealedTextField(_("other contact details"), blank=True, default="")
    wecom_userid = models.CharField(_("WeCom account"), max_length=64, blank=True)
    language = models.CharField(
        _("language"),
        max_length=10,
        choices=settings.LANGUAGES,
        default="zh-hans",
        help_text=_("Of screens and messages."),
    )
    time_zone = models.CharField(
        _("time zone"),
        max_length=LONGEST,
        blank=True,
        validators=[validate_zone],
        help_text=_("Where they read, as Europe/Berlin. Empty: the company's."),
    )
    department = models.ForeignKey(
        Department,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="members",
        verbose_name=_("department"),
    )
    roles = ArrayField(
        models.CharField(max_length=20, choices=Role.choices),
        default=list,
        blank=True,
        verbose_name=_("roles"),
    )
    # How often every session was ended at once: a session knows the figure that it began with.
    sessions_ended = models.PositiveIntegerField(default=0, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    REQUIRED_FIELDS: ClassVar[list[str]] = ["email", "name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["name_key", "pk"]
        indexes = [
            GinIndex(fields=["roles"], name="people_user_roles"),
            models.Index(fields=["name_key", "id"], name="people_user_by_name"),
            models.Index(Upper("username"), name="people_user_signing_in_as"),
            search_index("people_user_search"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["wecom_userid"], condition=~Q(wecom_userid=""), name="people_user_wecom_account_once"
            ),
            only_sealed("phone", "people_user_phone_is_sealed"),
            only_sealed("other_contacts", "people_user_others_are_sealed"),
            models.CheckConstraint(
                condition=Q(roles__contained_by=list(Role.values)), name="people_user_roles_are_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.username

    @property
    def grid(self) -> Grid:
        """The grid as it stood when it was read: with the person, or by one query once."""
        if self._grid is None:
            told = self.__dict__.get("stated_grid")
            self._grid = read_grid() if told is None else Grid.of(told)
        return self._grid

    @property
    def rights(self) -> dict[Right, Reach]:
        """What the roles may together."""
        return self.grid.of_roles(self.roles)

    def has_right(self, right: Right) -> bool:
        """A superuser has every one."""
        return self.is_superuser or right in self.rights

    @property
    def is_hr(self) -> bool:
        """Reads what HR knows."""
        return self.has_right(Right.READ)

    @property
    def is_lead(self) -> bool:
        """Takes the decisions that are the HR lead's."""
        return self.has_right(Right.DECIDE)

    @property
    def keeps_house(self) -> bool:
        """Keeps accounts, calendar, vendors, and what is asked of everybody."""
        return self.has_right(Right.KEEP)

    @property
    def runs_machine(self) -> bool:
        """Looks after jobs and what they owe."""
        return self.has_right(Right.RUN)

    @property
    def has_own_pages(self) -> bool:
        """Signs in for pages of their own, outside the back office."""
        return not {Role.MANAGER, Role.INTERVIEWER}.isdisjoint(self.roles)

    @property
    def is_manager(self) -> bool:
        """Holds the manager role; which departments is `sees_department_paths()`."""
        return Role.MANAGER in self.roles

    @property
    def daily_work(self) -> frozenset[str]:
        """Whose first page and menu this is: a lead has the lead's alone, a superuser the administrator's too."""
        own = {
            role for role in self.roles if Role.LEAD not in self.roles or role not in HR_ROLES - {Role.LEAD}
        }
        return frozenset({*own, ADMINISTRATOR} if self.is_superuser else own)

    def sees_department_paths(self) -> list[str]:
        """The paths of the trees this manager sees: the own department and those led. One query."""
        if not self.is_manager:
            return []
        led = Department.objects.filter(Q(pk=self.department_id) | Q(manager=self.pk)).order_by("path")
        paths: list[str] = []
        for path in led.values_list("path", flat=True):
            if not (paths and path.startswith(paths[-1])):
                paths.append(path)
        return paths

    def sees_departments(self) -> list[int]:
        """The departments of these trees, one by one. One query."""
        if not self.is_manager:
            return []
        led = Department.objects.filter(Q(pk=self.department_id) | Q(manager=self.pk))
        above = led.annotate(place=StrIndex(OuterRef("path"), F("path"))).filter(place=1)
        return list(Department.objects.filter(Exists(above)).order_by("pk").values_list("pk", flat=True))

    def get_full_name(self) -> str:
        """The name as colleagues write it."""
        return self.name or self.username

    def get_short_name(self) -> str:
        """The same: a Chinese name is not shortened."""
        return self.get_full_name()

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """What the admin asks before it shows a page: the grid, by what the apps declare (`access.py`).

        Deleting is for whoever decides, of the house's own rows for whoever keeps it; machinery for superusers.
        """
        if not self.is_active or self.is_superuser or not self.is_staff:
            return super().has_perm(perm, obj)
        app, _dot, codename = perm.partition(".")
        action, _underscore, model = codename.partition("_")
        if app in SYSTEM_APPS:
            runs = app == MACHINE and action == "view" and Right.RUN in self.rights
            return runs or super().has_perm(perm, obj)
        rights, opens, needed = set(self.rights), rights_to_see(app, model), right_to_change(app, model)
        if rights.isdisjoint(opens):
            return False
        if action == "view":
            return True
        if action == "delete":
            return Right.DECIDE in rights or (Right.KEEP in rights and needed is Right.KEEP)
        return needed in rights if needed else Right.READ in rights

    def has_module_perms(self, app_label: str) -> bool:
        """Whether the app appears in the admin."""
        if self.is_active and self.is_staff and not self.is_superuser:
            if app_label == MACHINE and Right.RUN in self.rights:
                return True
            if app_label not in SYSTEM_APPS and not rights_to_see(app_label).isdisjoint(self.rights):
                return True
        return super().has_module_perms(app_label)

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session is good for: as Django says, for this password; and until all sessions are ended."""
        # Before the first end it is Django's own, so that nobody is signed out by an upgrade.
        if not self.sessions_ended:
            return super()._get_session_auth_hash(secret=secret)  # type: ignore[misc, no-any-return]
        value = f"{self.password}\n{self.sessions_ended}"
        return salted_hmac("people.User.session", value, secret=secret, algorithm="sha256").hexdigest()

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, with the keys to sort and to find by and the right to enter the admin kept in step.

        With a new password and with a closed account every session, the keys to the API, the trusted devices and links
        that let in (`ways_in_ended`) end; whoever chose it goes on by `update_session_auth_hash`.
        """
        spell_out(self)
        self.name_key = sort_key(self.name or self.username)
        self.search_key = search_key(
            [self.name], phone=self.phone, others=[self.username, self.email], loose=self.other_contacts
        )
        self.is_staff = self.is_superuser or not STAFF_ROLES.isdisjoint(self.roles)
        # A raw password waits to be checked off: somebody chose a new one. A rehash of the same one leaves none.
        ends_keys = self.pk is not None and (
            getattr(self, "_password", None) is not None or not self.is_active
        )
        if not self.is_active:
            # Opened again, the account has none of the sessions that it was closed with.
            self.sessions_ended += 1
        if (fields := kwargs.get("update_fields")) is not None:
            kwargs["update_fields"] = {*fields, "name_key", "search_key", "is_staff", "sessions_ended"}
        super().save(*args, **kwargs)
        if ends_keys:
            self.open_sessions.all().end()
            self.api_tokens.all().delete()
            self.trusted_devices.all().delete()
            ways_in_ended.send(User, user_id=self.pk)
