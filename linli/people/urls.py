from django.urls import URLPattern, path

from .views import accounts, bodies

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
    path("operator/communities/<uuid:community>/first-post/", bodies.first_post, name="first-post"),
    path("operator/subdistricts/<uuid:subdistrict>/first-post/", bodies.first_officer, name="first-officer"),
    path("communities/<uuid:community>/posts/", bodies.community_posts, name="community-posts"),
    path("communities/<uuid:community>/posts/<uuid:body>/appoint/", bodies.community_appoint, name="community-appoint"),
    path("communities/<uuid:community>/posts/<uuid:post>/end/", bodies.community_end_post, name="community-end-post"),
    path("c/<slug:slug>/bodies/", bodies.bodies, name="bodies"),
    path("c/<slug:slug>/bodies/new/", bodies.new_body, name="new-body"),
    path("c/<slug:slug>/bodies/<uuid:body>/appoint/", bodies.appoint, name="appoint"),
    path("c/<slug:slug>/posts/<uuid:post>/end/", bodies.end_post, name="end-post"),
]
