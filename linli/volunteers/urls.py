from django.urls import URLPattern, path

from . import views
from .views import representatives

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
