from django.urls import URLPattern, path

from .views import fees, meetings, seals, standards, talks

app_name = "councils"
urlpatterns: list[URLPattern] = [
    path("c/<slug:slug>/talks/", talks.talks, name="talks"),
    path("c/<slug:slug>/talks/new/", talks.announce, name="announce"),
    path("c/<slug:slug>/talks/<int:number>/", talks.talk, name="talk"),
    path("c/<slug:slug>/talks/<int:number>/topics/<uuid:pk>/", talks.topic, name="topic"),
    path("c/<slug:slug>/talks/<int:number>/points/<uuid:pk>/<slug:act>/", talks.point_act, name="point-act"),
    path("c/<slug:slug>/talks/<int:number>/<slug:act>/", talks.act, name="act"),
    path("c/<slug:slug>/meetings/", meetings.meetings, name="meetings"),
    path("c/<slug:slug>/meetings/new/", meetings.start, name="meeting-new"),
    path("c/<slug:slug>/meetings/<int:number>/", meetings.meeting, name="meeting"),
    path("c/<slug:slug>/meetings/<int:number>/papers/<uuid:pk>/", meetings.paper, name="meeting-paper"),
    path("c/<slug:slug>/meetings/<int:number>/items/<int:place>/assembly/", meetings.put, name="item-assembly"),
    path("c/<slug:slug>/meetings/<int:number>/items/<int:place>/<slug:act>/", meetings.item_act, name="item-act"),
    path("c/<slug:slug>/meetings/<int:number>/<slug:act>/", meetings.act, name="meeting-act"),
    path("c/<slug:slug>/fees/", fees.fees, name="fees"),
    path("c/<slug:slug>/fees/new/", fees.publish, name="fees-new"),
    path("c/<slug:slug>/seals/", seals.seals, name="seals"),
    path("c/<slug:slug>/seals/new/", seals.ask, name="seal-new"),
    path("c/<slug:slug>/seals/<int:number>/", seals.seal, name="seal"),
    path("c/<slug:slug>/seals/<int:number>/<slug:act>/", seals.act, name="seal-act"),
    path("c/<slug:slug>/standards/", standards.standards, name="standards"),
    path("c/<slug:slug>/standards/new/", standards.add, name="standard-new"),
    path("c/<slug:slug>/standards/<slug:act>/", standards.settle, name="standards-act"),
    path("c/<slug:slug>/standard/<uuid:pk>/", standards.standard, name="standard"),
    path("c/<slug:slug>/standard/<uuid:pk>/checks/<uuid:check>/", standards.correct, name="standard-correct"),
    path("c/<slug:slug>/standard/<uuid:pk>/<slug:act>/", standards.act, name="standard-act"),
]
