"""`/admin/phone/`: what lies on anybody's phone in the demo, with its links, its buttons, and 微信客服 to write to."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.conf import settings
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from messaging import connected, wechat
from messaging.addressbook import USER
from messaging.models import Message
from tools.phone import place, reading
from tools.phone.place import SCENE
from tools.phone.reaching import Hands, Unreachable

LONGEST_WORDS = 500
NOTHING: dict[str, list[Any]] = {"messages": [], "said": [], "requests": []}
# What the buttons of an approval stand for; None takes it back.
ANSWERS = {"agree": True, "refuse": False, "withdraw": None}


def _hands() -> Hands:
    """Http404 where there are no phones: beside every company but the demo's own."""
    found = place.read(settings.HOME)
    if found is None or connected.wecom()["corp_id"] != place.CORP_ID:
        raise Http404
    return Hands(found)


@never_cache
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Somebody's phone; without a name, of whoever was written to last."""
    hands, is_away = _hands(), False
    try:
        people = reading.people(hands.asked())
    except Unreachable:
        people, is_away = reading.people(), True
    number = request.GET.get("who") or (people[0].number if people else "")
    entry = reading.entry_of(number) if number else None
    if number and entry is None:
        raise Http404
    context = {
        **admin.site.each_context(request),
        "title": _("This person's phone"),
        "people": people,
        "is_away": is_away,
    }
    if entry is not None:
        outside = reading.outside_of(entry)
        try:
            lying = hands.lies(userid=entry.addresses.get("wecom", ""), outside=outside)
        except Unreachable:
            lying, is_away = NOTHING, True
        context |= {
            "who": number,
            "name": entry.name,
            "is_outside": bool(outside),
            # What is written to a colleague leads to pages that open for the colleague.
            "opens": bool(outside) or entry.ref == (USER, request.user.pk),
            "shown": reading.shown_to(entry, lying),
            "is_away": is_away,
        }
    return TemplateResponse(request, "tools/phone.html", context)


@require_POST
def press(request: HttpRequest) -> HttpResponse:
    """A button of a card is pressed, through the emulator, which calls the suite back."""
    hands, asked = _hands(), {name: request.POST.get(name, "") for name in ("msgid", "key")}
    return _by_hand(request, lambda: hands.press(**asked))


@require_POST
def decide(request: HttpRequest) -> HttpResponse:
    """An approval of WeCom's is answered, or taken back, through the emulator, which calls the suite back."""
    entry, answer = reading.entry_of(request.POST.get("who", "")), request.POST.get("answer", "")
    if entry is None or answer not in ANSWERS:
        raise Http404
    hands, userid = _hands(), entry.addresses.get("wecom", "")
    number, words = (request.POST.get(name, "").strip()[:LONGEST_WORDS] for name in ("number", "words"))
    return _by_hand(
        request, lambda: hands.decide(userid=userid, number=number, agrees=ANSWERS[answer], words=words)
    )


def _by_hand(request: HttpRequest, deed: Callable[[], bool]) -> HttpResponse:
    """Done on the phone; where that is not possible any more, or the suite did not take it, the page says so."""
    try:
        is_taken = deed()
    except LookupError:
        messages.warning(request, _("That button is not there any more."))
    except Unreachable as error:
        messages.error(request, str(error.message))
    else:
        if not is_taken:
            messages.warning(request, _("WeCom has told the suite, which did not take it."))
    return _back(request)


@require_POST
def say(request: HttpRequest) -> HttpResponse:
    """Words typed into 微信客服."""
    entry = reading.entry_of(request.POST.get("who", ""))
    words = request.POST.get("words", "").strip()[:LONGEST_WORDS]
    if entry is None or not (outside := reading.outside_of(entry)):
        raise Http404
    if words:
        try:
            _hands().say(outside=outside, text=words)
        except Unreachable as error:
            messages.error(request, str(error.message))
    return _back(request)


@require_POST
def open_link(request: HttpRequest, number: int, which: int) -> HttpResponse:
    """A personal link of a mail is made as the sending makes it, and opened."""
    _hands()
    message = Message.objects.filter(pk=number).first()
    link = reading.LINKS[which] if which < len(reading.LINKS) else None
    if message is None or link is None or link.mark not in message.body:
        raise Http404
    address = link.fill(message)
    if not address:
        raise Http404
    return HttpResponseRedirect(address)


@never_cache
@require_safe
def enter(request: HttpRequest, account: str) -> HttpResponse:
    """The address of 微信客服, as a message holds it: whose phone it is opened on is asked, and nothing happens yet."""
    _hands()
    how = {
        name: request.GET.get(given, "")[:128]
        for name, given in (("scene", "enc_scene"), ("param", "scene_param"))
    }
    context = {
        **admin.site.each_context(request), "title": _("Open the conversation"), "how": how,
        "people": [one for one in reading.people() if not one.is_colleague],
    }  # fmt: skip
    return TemplateResponse(request, "tools/phone_enter.html", context)


@require_POST
def entered(request: HttpRequest) -> HttpResponse:
    """The conversation is opened on somebody's phone: by the address that was given, else by a new one of theirs."""
    entry = reading.entry_of(request.POST.get("who", ""))
    if entry is None or not (outside := reading.outside_of(entry)):
        raise Http404
    hands, how = _hands(), request.POST.dict()
    if "param" not in how:
        link = urlsplit(wechat.link_for(entry.ref) or "")
        how = {"scene": SCENE, "param": dict(parse_qsl(link.query)).get("scene_param", "")}
    try:
        hands.enter(outside=outside, scene=how.get("scene", ""), scene_param=how["param"])
    except Unreachable as error:
        messages.error(request, str(error.message))
    return _back(request)


def _back(request: HttpRequest) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{reverse('phone')}?{urlencode({'who': request.POST.get('who', '')})}")
