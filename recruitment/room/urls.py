"""The candidate's addresses, mounted at the root: `/i/<token>`, `/continue`, `/room/` and `/room/api/…`."""

from django.urls import path

from recruitment.room import (
    api,
    application,
    checking,
    choosing,
    handover,
    offering,
    own_data,
    problems,
    views,
)

app_name = "room"
urlpatterns = [
    path("i/", views.no_link),
    path("i/<str:token>", views.confirm, name="confirm"),
    path("i/<path:rest>", views.no_link),
    path("continue", handover.go_on, name="continue"),
    path("room/", views.room, name="room"),
    path("room/offer/", offering.page, name="offer"),
    path("room/offer/letter.pdf", offering.letter, name="offer-letter"),
    path("room/api/offer/accept", offering.accept, name="offer-accept"),
    path("room/api/offer/decline", offering.decline, name="offer-decline"),
    path("room/times/", choosing.page, name="times"),
    path("room/api/slots", choosing.slots, name="slots"),
    path("room/api/slots/choose", choosing.choose, name="slots-choose"),
    path("room/api/reschedule", choosing.reschedule, name="reschedule"),
    path("room/api/state", api.state, name="state"),
    path("room/api/check", checking.check, name="check"),
    path("room/api/handover", handover.make, name="handover"),
    path("room/api/status", api.status, name="status"),
    path("room/api/enter", api.enter, name="enter"),
    path("room/api/heartbeat", api.heartbeat, name="heartbeat"),
    path("room/api/beacon", api.beacon, name="beacon"),
    path("room/api/answers/<str:question>/text", api.answer_text, name="answer-text"),
    path("room/api/answers/<str:question>/finish", api.answer_finish, name="answer-finish"),
    path("room/api/answers/<str:question>/segments/discard", api.answer_discard, name="answer-discard"),
    path("room/api/answers/<str:question>/segments/<str:segment>/chunks/<str:seq>", api.chunk, name="chunk"),
    path("room/api/stages/<str:stage>/finish", api.stage_finish, name="stage-finish"),
    path("room/api/exit", api.leave, name="exit"),
    path("room/api/contact", api.contact, name="contact"),
    path("room/api/request_data", own_data.request_data, name="request-data"),
    path("room/api/request_erasure", own_data.request_erasure, name="request-erasure"),
    path("room/application", application.page, name="application"),
    path("room/problem", problems.page, name="problem"),
    path("room/data", own_data.page, name="own-data"),
    path("room/data/<int:number>/<str:key>", own_data.copy, name="copy"),
    path("room/api/<path:rest>", api.nothing_here),
]
