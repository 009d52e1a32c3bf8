from django.urls import URLPattern, path

from .views import announced

app_name = "assembly"
urlpatterns: list[URLPattern] = [path("check-result/", announced.check_result, name="check-result")]
