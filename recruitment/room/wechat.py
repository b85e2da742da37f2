"""The way from the candidate's page into a conversation in WeChat that knows who comes."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from core.errors import DomainError, NotFound
from messaging import wechat
from messaging.refs import ref
from recruitment.room import auth, limits, own_page, views
from recruitment.room.answering import privately


@require_GET
def enter(request: HttpRequest) -> HttpResponse:
    """Leads to the company's WeChat service account, by a new link of the candidate's own: good for a month, for the
    first WeChat that comes by it. 404 `no_wechat` where no account is set up."""
    try:
        session = auth.session_of(request)
        limits.counter.take(f"wechat {session.link_id}", limits.EXCHANGES)
        address = wechat.link_for(ref(own_page.interview_of(session).application.candidate))
        if address is None:
            raise NotFound("no_wechat", _("We cannot be written to in WeChat."))
    except DomainError as error:
        return views.gone(request, error)
    return privately(HttpResponseRedirect(address))
