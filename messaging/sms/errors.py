"""What the codes of Aliyun's and Tencent Cloud's SMS services mean for a message.

From both services' documented lists of error codes. Codes are matched as they are, then by what stands before a dot or
a colon, since both services put details behind it.
"""

from collections.abc import Mapping
from typing import NamedTuple

from messaging.providers.errors import (
    ConfigurationProblem,
    ContentProblem,
    ProviderError,
    Quota,
    RecipientProblem,
    Transient,
)


class Means(NamedTuple):
    """The error a code becomes, and our name for it."""

    error: type[ProviderError]
    code: str


KEY = Means(ConfigurationProblem, "sms_key")
SECRET = Means(ConfigurationProblem, "sms_secret")
RIGHT = Means(ConfigurationProblem, "sms_right")
MONEY = Means(ConfigurationProblem, "sms_money")
CLOCK = Means(ConfigurationProblem, "sms_clock")
SIGNATURE = Means(ConfigurationProblem, "sms_signature")
ACCOUNT = Means(ConfigurationProblem, "sms_account")
APPLICATION = Means(ConfigurationProblem, "sms_application")
TEMPLATE = Means(ContentProblem, "sms_template")
CONTENT = Means(ContentProblem, "sms_content")
PHONE = Means(RecipientProblem, "sms_phone")
BLOCKED = Means(RecipientProblem, "sms_blocked")
OFTEN = Means(RecipientProblem, "sms_often")
QUOTA = Means(Quota, "sms_quota")
BUSY = Means(Transient, "sms_busy")

ALIYUN: Mapping[str, Means] = {
    "InvalidAccessKeyId": KEY,
    "SignatureDoesNotMatch": SECRET,
    "IncompleteSignature": SECRET,
    "InvalidTimeStamp": CLOCK,
    "NoPermission": RIGHT,
    "Forbidden": RIGHT,
    "isp.RAM_PERMISSION_DENY": RIGHT,
    "isv.RAM_PERMISSION_DENY": RIGHT,
    "isv.AMOUNT_NOT_ENOUGH": MONEY,
    "isv.OUT_OF_SERVICE": MONEY,
    "isv.PRODUCT_UN_SUBSCRIPT": ACCOUNT,
    "isv.PRODUCT_UNSUBSCRIBE": ACCOUNT,
    "isv.ACCOUNT_NOT_EXISTS": ACCOUNT,
    "isv.ACCOUNT_ABNORMAL": ACCOUNT,
    "isv.SMS_SIGNATURE_ILLEGAL": SIGNATURE,
    "isv.SMS_SIGN_ILLEGAL": SIGNATURE,
    "isv.SMS_TEMPLATE_ILLEGAL": TEMPLATE,
    "isv.TEMPLATE_MISSING_PARAMETERS": TEMPLATE,
    "isv.TEMPLATE_PARAMS_ILLEGAL": TEMPLATE,
    "isv.INVALID_JSON_PARAM": TEMPLATE,
    "isv.INVALID_PARAMETERS": TEMPLATE,
    "isv.PARAM_LENGTH_LIMIT": CONTENT,
    "isv.PARAM_NOT_SUPPORT_URL": CONTENT,
    "isv.BLACK_KEY_CONTROL_LIMIT": CONTENT,
    "isv.MOBILE_NUMBER_ILLEGAL": PHONE,
    "isv.MOBILE_COUNT_OVER_LIMIT": PHONE,
    "isv.BUSINESS_LIMIT_CONTROL": OFTEN,
    "isv.DAY_LIMIT_CONTROL": QUOTA,
    "isv.MONTH_LIMIT_CONTROL": QUOTA,
    "Throttling": BUSY,
    "isp.SYSTEM_ERROR": BUSY,
    "ServiceUnavailable": BUSY,
    "InternalError": BUSY,
}

TENCENT: Mapping[str, Means] = {
    "AuthFailure.SecretIdNotFound": KEY,
    "AuthFailure.SignatureFailure": SECRET,
    "AuthFailure.SignatureExpire": CLOCK,
    "AuthFailure": RIGHT,
    "UnauthorizedOperation.SmsSdkAppIdVerifyFail": APPLICATION,
    "UnauthorizedOperation": RIGHT,
    "FailedOperation.InsufficientBalanceInSmsPackage": MONEY,
    "FailedOperation.SignatureIncorrectOrUnapproved": SIGNATURE,
    "FailedOperation.MissingSignature": SIGNATURE,
    "FailedOperation.TemplateIncorrectOrUnapproved": TEMPLATE,
    "FailedOperation.TemplateUnapprovedOrNotExist": TEMPLATE,
    "FailedOperation.TemplateParamSetNotMatchApprovedTemplate": TEMPLATE,
    "InvalidParameterValue.TemplateParameterFormatError": TEMPLATE,
    "InvalidParameterValue.TemplateParameterLengthLimit": CONTENT,
    "FailedOperation.ContainSensitiveWord": CONTENT,
    "InvalidParameterValue.ContentLengthLimit": CONTENT,
    "InvalidParameterValue.IncorrectPhoneNumber": PHONE,
    "FailedOperation.PhoneNumberInBlacklist": BLOCKED,
    "LimitExceeded.PhoneNumberThirtySecondLimit": OFTEN,
    "LimitExceeded.PhoneNumberOneHourLimit": OFTEN,
    "LimitExceeded.PhoneNumberDailyLimit": OFTEN,
    "LimitExceeded.PhoneNumberSameContentDailyLimit": OFTEN,
    "LimitExceeded.AppMainlandChinaDailyLimit": QUOTA,
    "LimitExceeded.AppDailyLimit": QUOTA,
    "LimitExceeded.DeliveryFrequencyLimit": BUSY,
    "RequestLimitExceeded": BUSY,
    "InternalError": BUSY,
}

# A refusal, so nothing was sent: trying again is bounded and loses nothing.
UNKNOWN = Means(Transient, "sms_refused")


def problem(code: str, meanings: Mapping[str, Means]) -> ProviderError:
    """The error that a code other than success stands for, ready to be raised."""
    means = meanings.get(code) or meanings.get(code.partition(":")[0].rpartition(".")[0]) or UNKNOWN
    if means is UNKNOWN and (first := code.split(".", maxsplit=1)[0]) in meanings:
        means = meanings[first]
    return means.error(means.code)
