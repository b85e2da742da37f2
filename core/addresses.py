"""Where a request comes from, as far as that can be known."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """An IPv4 address, or an IPv6 network of the size that one household has.

    Behind a trusted proxy (this machine's own, and those of HRSUITE_PROXIES) it is what that proxy added last; what
    stands before it may be made up.
    """
    written = request.META.get("REMOTE_ADDR", "")
    forwarded = request.headers.get("X-Forwarded-For", "")
    try:
        address = ipaddress.ip_address(written)
        if settings.SECURE_PROXY_SSL_HEADER and forwarded and _is_proxy(address):
            address = ipaddress.ip_address(forwarded.rpartition(",")[2].strip())
    except ValueError:
        return written
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def _is_proxy(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    return address.is_loopback or any(
        address in ipaddress.ip_network(network, strict=False) for network in settings.TRUSTED_PROXIES
    )
