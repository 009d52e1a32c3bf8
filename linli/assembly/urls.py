from django.urls import URLPattern, path

from .views import announced, delivery, register, sessions

app_name = "assembly"
SESSION = "c/<slug:slug>/assembly/<int:number>/"
urlpatterns: list[URLPattern] = [
    path("check-result/", announced.check_result, name="check-result"),
    # session
    path("c/<slug:slug>/assembly/", sessions.sessions, name="sessions"),
    path("c/<slug:slug>/assembly/new/", sessions.draft, name="draft"),
    path(SESSION, sessions.session, name="session"),
    path(f"{SESSION}do/<slug:act>/", sessions.do, name="do"),
    path(f"{SESSION}items/<int:place>/<slug:act>/", sessions.item_act, name="item-act"),
    path(f"{SESSION}papers/<uuid:pk>/", sessions.paper, name="paper"),
    path(f"{SESSION}officers/<uuid:pk>/release/", sessions.release, name="release"),
    path(f"{SESSION}objections/<uuid:pk>/", sessions.answer, name="answer"),
    path(f"{SESSION}request/", sessions.request_list, name="request"),
    path(f"{SESSION}register/", register.register, name="register"),
    path(f"{SESSION}notice/", sessions.notice, name="notice"),
    # delivery
    path(f"{SESSION}delivery/", delivery.delivery, name="delivery"),
    path(f"{SESSION}delivery/sheet/", delivery.sheet, name="delivery-sheet"),
    path(f"{SESSION}delivery/<int:party>/", delivery.deliver, name="deliver"),
    path(f"{SESSION}delivery/<int:party>/reprint/", delivery.reprint, name="reprint"),
    # casting
    # count
]
