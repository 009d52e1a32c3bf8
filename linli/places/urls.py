from django.urls import URLPattern, path

from . import views

app_name = "places"
urlpatterns: list[URLPattern] = [
    path("operator/", views.operator_page, name="operator"),
    path("operator/subdistricts/", views.new_subdistrict, name="new-subdistrict"),
    path("operator/subdistricts/<uuid:subdistrict>/communities/", views.new_community, name="new-community"),
    path("communities/<uuid:community>/", views.community, name="community"),
    path("communities/<uuid:community>/compounds/", views.new_compound, name="new-compound"),
    path("communities/<uuid:community>/grids/", views.new_grid, name="new-grid"),
    path("c/<slug:slug>/settings/", views.settings, name="settings"),
]
