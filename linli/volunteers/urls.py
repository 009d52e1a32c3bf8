from django.urls import URLPattern, path

from . import views

app_name = "volunteers"
urlpatterns: list[URLPattern] = [
    path("c/<slug:slug>/calls/", views.board, name="board"),
    path("c/<slug:slug>/calls/new/", views.shout, name="shout"),
    path("c/<slug:slug>/calls/mine/", views.mine, name="mine"),
    path("c/<slug:slug>/calls/willing/", views.willing, name="willing"),
    path("c/<slug:slug>/calls/<int:number>/", views.call, name="call"),
    path("c/<slug:slug>/calls/<int:number>/claim-box/", views.claim_box, name="claim-box"),
    path("c/<slug:slug>/calls/<int:number>/contact/", views.contact, name="contact"),
    path("c/<slug:slug>/calls/<int:number>/photos/<uuid:pk>/<slug:size>/", views.photo, name="photo"),
    path("c/<slug:slug>/calls/<int:number>/<slug:act>/", views.act, name="act"),
]
