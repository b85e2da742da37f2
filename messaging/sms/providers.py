"""The SMS services there are, by name. A third one: a class with what `base.Provider` asks for, and a line here."""

from collections.abc import Callable
from functools import lru_cache

from messaging.enums import SmsProvider
from messaging.sms.aliyun import Aliyun
from messaging.sms.base import Account, Provider
from messaging.sms.tencent import Tencent

PROVIDERS: dict[str, Callable[[Account], Provider]] = {
    SmsProvider.ALIYUN: Aliyun,
    SmsProvider.TENCENT: Tencent,
}


@lru_cache(maxsize=4)
def provider(account: Account) -> Provider:
    """The client of one account: kept, because it holds open connections."""
    return PROVIDERS[account.provider](account)
