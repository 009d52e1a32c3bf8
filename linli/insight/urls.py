from django.urls import URLPattern, path

from . import views

app_name = "insight"
urlpatterns: list[URLPattern] = [
    path("c/<slug:slug>/numbers/", views.numbers, name="numbers"),
    path("c/<slug:slug>/numbers/records/", views.records, name="records"),
]
