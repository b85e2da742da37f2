"""Tells a request that never left from one that may have arrived: only the first may be called not taken."""

import ssl

import requests
from urllib3.exceptions import MaxRetryError, NewConnectionError

from messaging.providers.errors import Ambiguous, ConfigurationProblem, ProviderError, Transient


def problem_of(error: requests.RequestException) -> ProviderError:
    """The ProviderError a failed HTTP request stands for. Its code names the kind of failure and nothing
    else.
    """
    if isinstance(
        error,
        requests.exceptions.InvalidURL
        | requests.exceptions.InvalidSchema
        | requests.exceptions.MissingSchema,
    ):
        return ConfigurationProblem("base_url")
    if isinstance(error, requests.ConnectTimeout):
        return Transient("connect_timeout")
    if isinstance(error, requests.exceptions.ProxyError):
        return Transient("proxy")
    if isinstance(error, requests.exceptions.SSLError) and _caused_by(error, ssl.SSLCertVerificationError):
        return Transient("certificate")
    if isinstance(error, requests.ConnectionError) and _caused_by(error, NewConnectionError):
        return Transient("connect")
    if isinstance(error, requests.ReadTimeout):
        return Ambiguous("read_timeout")
    return Ambiguous("connection")


def _caused_by(error: BaseException, kind: type[BaseException]) -> bool:
    """Whether an error of this kind is anywhere among what led to `error`."""
    seen: set[int] = set()
    waiting: list[object] = [error]
    while waiting:
        one = waiting.pop()
        if not isinstance(one, BaseException) or id(one) in seen:
            continue
        if isinstance(one, kind):
            return True
        seen.add(id(one))
        waiting += [one.__cause__, one.__context__, *one.args]
        if isinstance(one, MaxRetryError):
            waiting.append(one.reason)
    return False
