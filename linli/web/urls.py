from django.urls import include, path

from . import health, views

web = (
    [
        path("", views.front, name="front"),
        path("look/elder/", views.elder, name="elder"),
        path("look/theme/", views.theme, name="theme"),
        path("look/language/", views.language, name="language"),
        path("style/", views.style, name="style"),
        path("offline/", views.offline, name="offline"),
        path("app.webmanifest", views.manifest, name="manifest"),
        path("sw.js", views.service_worker, name="service-worker"),
        path("healthz", health.healthz, name="healthz"),
        path("readyz", health.readyz, name="readyz"),
        path("metrics", health.metrics, name="metrics"),
    ],
    "web",
)

# Tried in this order: what is asked for most comes first.
urlpatterns = [
    path("", include("linli.matters.urls")),
    path("", include("linli.notices.urls")),
    path("", include("linli.volunteers.urls")),
    path("", include("linli.insight.urls")),
    path("", include("linli.assembly.urls")),
    path("", include("linli.councils.urls")),
    path("", include("linli.people.urls")),
    path("", include("linli.places.urls")),
    path("", include(web)),
]
