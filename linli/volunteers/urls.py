from django.urls import URLPattern, path

from .views import acts, board, calls, representatives

app_name = "volunteers"
urlpatterns: list[URLPattern] = [
    path("c/<slug:slug>/calls/", board.board, name="board"),
    path("c/<slug:slug>/calls/new/", board.shout, name="shout"),
    path("c/<slug:slug>/calls/mine/", board.mine, name="mine"),
    path("c/<slug:slug>/calls/willing/", board.willing, name="willing"),
    path("c/<slug:slug>/calls/<int:number>/", calls.call, name="call"),
    path("c/<slug:slug>/calls/<int:number>/claim-box/", calls.claim_box, name="claim-box"),
    path("c/<slug:slug>/calls/<int:number>/contact/", calls.contact, name="contact"),
    path("c/<slug:slug>/calls/<int:number>/photos/<uuid:pk>/<slug:size>/", calls.photo, name="photo"),
    path("c/<slug:slug>/calls/<int:number>/<slug:act>/", acts.act, name="act"),
    path("c/<slug:slug>/representatives/", representatives.board, name="representatives"),
    path("c/<slug:slug>/representatives/new/", representatives.new, name="representative-new"),
    path("c/<slug:slug>/representatives/mine/", representatives.mine, name="representative-mine"),
    path("c/<slug:slug>/representatives/record/", representatives.record, name="house-act-new"),
    path("c/<slug:slug>/representatives/home/", representatives.household, name="my-representative"),
    path("c/<slug:slug>/representatives/acts/", representatives.acts, name="house-acts"),
    path("c/<slug:slug>/representatives/acts/<int:number>/", representatives.house_act, name="house-act"),
    path("c/<slug:slug>/representatives/homes/<uuid:pk>/end/", representatives.cover_end, name="cover-end"),
    path("c/<slug:slug>/representatives/<uuid:pk>/", representatives.one, name="representative"),
]
