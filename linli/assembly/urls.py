from django.urls import URLPattern, path

from . import views

app_name = "assembly"
urlpatterns: list[URLPattern] = [path("check-result/", views.check_result, name="check-result")]
