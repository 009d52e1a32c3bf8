from django.urls import URLPattern, path

from .views import talks

app_name = "councils"
urlpatterns: list[URLPattern] = [
    path("c/<slug:slug>/talks/", talks.talks, name="talks"),
    path("c/<slug:slug>/talks/new/", talks.announce, name="announce"),
    path("c/<slug:slug>/talks/<int:number>/", talks.talk, name="talk"),
    path("c/<slug:slug>/talks/<int:number>/topics/<uuid:pk>/", talks.topic, name="topic"),
    path("c/<slug:slug>/talks/<int:number>/points/<uuid:pk>/<slug:act>/", talks.point_act, name="point-act"),
    path("c/<slug:slug>/talks/<int:number>/<slug:act>/", talks.act, name="act"),
]
