from django.urls import URLPattern, path

from .views import accounts

app_name = "people"
urlpatterns: list[URLPattern] = [
    path("sign-in/", accounts.sign_in, name="sign-in"),
    path("sign-in/code/", accounts.code, name="code"),
    path("sign-out/", accounts.sign_out, name="sign-out"),
    path("notice/", accounts.privacy, name="privacy"),
    path("lost/", accounts.lost, name="lost"),
    path("standings/", accounts.standings, name="standings"),
    path("account/", accounts.account, name="account"),
    path("account/password/", accounts.password, name="password"),
    path("account/phone/", accounts.phone, name="phone"),
    path("account/phone/code/", accounts.phone_code, name="phone-code"),
    path("account/sessions/", accounts.end_sessions, name="end-sessions"),
]
