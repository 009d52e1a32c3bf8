from django.urls import URLPattern, path

from . import views

app_name = "councils"
urlpatterns: list[URLPattern] = [
    path("c/<slug:slug>/talks/", views.talks, name="talks"),
    path("c/<slug:slug>/talks/new/", views.announce, name="announce"),
    path("c/<slug:slug>/talks/<int:number>/", views.talk, name="talk"),
    path("c/<slug:slug>/talks/<int:number>/topics/<uuid:pk>/", views.topic, name="topic"),
    path("c/<slug:slug>/talks/<int:number>/points/<uuid:pk>/<slug:act>/", views.point_act, name="point-act"),
    path("c/<slug:slug>/talks/<int:number>/<slug:act>/", views.act, name="act"),
]
