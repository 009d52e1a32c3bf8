from django.urls import URLPattern, path

from . import views

app_name = "notices"
urlpatterns: list[URLPattern] = [
    path("c/<slug:slug>/inbox/", views.inbox, name="inbox"),
    path("c/<slug:slug>/in-person/", views.in_person, name="in-person"),
    path("c/<slug:slug>/in-person/<uuid:pk>/", views.told, name="told"),
    path("c/<slug:slug>/council/", views.council, name="council"),
    path("c/<slug:slug>/council/<uuid:pk>/", views.posting, name="posting"),
]
