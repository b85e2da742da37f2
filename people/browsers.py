"""A browser in the words that its owner knows it by."""

from django.utils.translation import gettext_lazy as _
from ua_parser import parse

# What the library says otherwise than its owner would; 企业微信 calls itself WeChat, too.
_WECOM = "wxwork/"
_NAMES = {"WeChat Browser": _("WeChat"), "Mac OS X": "macOS", "Chrome Mobile": "Chrome"}


def in_words(agent: str) -> str:
    """Which browser, on what: "Edge 131 · Windows", "微信 8 · iPhone". What nobody knows stays as it calls itself."""
    found = parse(agent)
    browser, system, device = found.user_agent, found.os, found.device
    if browser is None:
        return agent
    version = [] if browser.major is None else [browser.major]
    name = _NAMES.get(browser.family, browser.family)
    program = [str(_("WeCom"))] if _WECOM in agent else [str(name), *version]
    # Of Apple's the kind is what one owns ("iPhone"), of the others the model's number says nothing to anybody.
    owned = device.family if device and device.brand == "Apple" and device.family != "Mac" else None
    place = owned or (str(_NAMES.get(system.family, system.family)) if system else "")
    return " · ".join(filter(None, [" ".join(program), place]))
