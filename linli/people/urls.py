from django.urls import URLPattern, path

app_name = "people"
from . import views

urlpatterns: list[URLPattern] = [
    path("sign-in/", views.sign_in, name="sign-in"),
    path("standings/", views.standings, name="standings"),
]
