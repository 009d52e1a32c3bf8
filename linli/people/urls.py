from django.urls import URLPattern, path

app_name = "people"
from .views import accounts

urlpatterns: list[URLPattern] = [
    path("sign-in/", accounts.sign_in, name="sign-in"),
    path("standings/", accounts.standings, name="standings"),
]
