"""The providers that carry our messages: which company, which application, and the secrets, encrypted at rest."""

from decimal import Decimal
from typing import Any, Self

from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.sealed.fields import SealedTextField, only_sealed
from messaging.enums import SmsProvider
from people.rules import is_hr


class ConnectionQuerySet(models.QuerySet[Any]):
    """Connections are HR's own business."""

    def visible_to(self, user: Any) -> Self:
        """HR sees them, nobody else."""
        return self.all() if is_hr(user) else self.none()


class Connection(models.Model):
    """What every connection has: its secret, sealed, whether it is in use, what the last test found.

    `base_url`: where the provider's server is, empty for the provider's own. `tested_code`: empty for well.
    """

    secret = SealedTextField(editable=False, blank=True, db_column="secret_sealed")
    base_url = models.CharField(max_length=200, blank=True, editable=False)
    is_active = models.BooleanField(_("in use"), default=True)
    tested_at = models.DateTimeField(_("tested at"), null=True, editable=False)
    tested_code = models.CharField(max_length=80, blank=True, editable=False)

    objects = ConnectionQuerySet.as_manager()

    class Meta:
        abstract = True


class WeComConnection(Connection):
    """The application of the company's WeCom that speaks to colleagues. One is in use at a time.

    `kf_url`: the account's address, learnt by the test. `callback_pair`: what WeCom signs and encrypts with when it
    calls us, sealed, a line each.
    """

    corp_id = models.CharField(_("company ID"), max_length=64)
    agent_id = models.PositiveIntegerField(_("AgentId"))
    kf_account = models.CharField(
        _("WeChat service account"),
        max_length=64,
        blank=True,
        help_text=_("OpenKfId of the account that candidates write to; empty for none."),
    )
    kf_url = models.CharField(max_length=500, blank=True, editable=False)
    callback_pair = SealedTextField(editable=False, blank=True, db_column="callback_sealed")

    class Meta:
        verbose_name = _("WeCom connection")
        verbose_name_plural = _("WeCom connections")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_active"],
                condition=Q(is_active=True),
                name="one_wecom_in_use",
                violation_error_message=_("Another one is in use: take that out of use first."),
            ),
            only_sealed("secret", "wecom_secret_is_sealed"),
            only_sealed("callback_pair", "wecom_callback_is_sealed"),
        ]

    def __str__(self) -> str:
        return f"{self.corp_id} · {self.agent_id}"

    @property
    def callback(self) -> tuple[str, str] | None:
        """Token and EncodingAESKey, None before they are set."""
        token, newline, key = self.callback_pair.partition("\n")
        return (token, key) if newline else None

    def set_callback(self, token: str, aes_key: str) -> None:
        """Keep them; the caller saves."""
        self.callback_pair = f"{token}\n{aes_key}"


class SmsConnection(Connection):
    """The account at an SMS provider. One is in use at a time. Prices are in yuan for one segment."""

    provider = models.CharField(_("provider"), max_length=10, choices=SmsProvider)
    key_id = models.CharField(
        _("access key"), max_length=80, help_text=_("AccessKey ID at Aliyun, SecretId at Tencent Cloud.")
    )
    application = models.CharField(
        _("SMS application"),
        max_length=40,
        blank=True,
        help_text=_("SdkAppId at Tencent Cloud; Aliyun has none."),
    )
    signature = models.CharField(
        _("signature"), max_length=20, help_text=_("As it was approved, without brackets.")
    )
    price = models.DecimalField(
        _("price of a segment"),
        max_digits=6,
        decimal_places=4,
        default=Decimal("0.0450"),
        validators=[MinValueValidator(Decimal(0))],
        help_text=_("In yuan, as on your contract: what a message costs is worked out from it."),
    )

    class Meta:
        verbose_name = _("SMS connection")
        verbose_name_plural = _("SMS connections")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_active"],
                condition=Q(is_active=True),
                name="one_sms_in_use",
                violation_error_message=_("Another one is in use: take that out of use first."),
            ),
            models.CheckConstraint(condition=Q(provider__in=SmsProvider.values), name="sms_provider_known"),
            only_sealed("secret", "sms_secret_is_sealed"),
        ]

    def __str__(self) -> str:
        return f"{self.get_provider_display()} · {self.signature}"


class SmsTemplate(models.Model):
    """A text that the provider approved, under the number it gave: nothing else may be sent to phones.

    For one kind of message, or (`kind` empty) for all that have none of their own.
    """

    connection = models.ForeignKey(
        SmsConnection, on_delete=models.CASCADE, related_name="templates", verbose_name=_("SMS connection")
    )
    kind = models.CharField(_("kind"), max_length=30, blank=True)
    language = models.CharField(_("language"), max_length=10, default="zh-hans")
    number = models.CharField(
        _("approval number"),
        max_length=40,
        validators=[RegexValidator(r"^[A-Za-z0-9_]+$", _("Letters, digits and underscores only."))],
        help_text=_("SMS_123456789 at Aliyun, 1234567 at Tencent Cloud."),
    )
    text = models.CharField(
        _("text"),
        max_length=500,
        help_text=_("As approved; ${name}, ${subject}, ${link} and ${code} are filled in."),
    )

    class Meta:
        verbose_name = _("SMS template")
        verbose_name_plural = _("SMS templates")
        ordering = ["connection", "kind", "language", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "number"],
                name="one_sms_template_per_number",
                deferrable=models.Deferrable.DEFERRED,
                violation_error_message=_("This number is there already."),
            )
        ]

    def __str__(self) -> str:
        return self.number
