from django.urls import URLPattern, path

from .views import desk, work

app_name = "matters"
urlpatterns: list[URLPattern] = [
    path("c/<slug:slug>/desk/", desk.desk, name="desk"),
    path("c/<slug:slug>/desk/bulk/", desk.bulk, name="bulk"),
    path("c/<slug:slug>/desk/undo/", desk.undo, name="undo"),
    path("c/<slug:slug>/desk/export.xlsx", desk.export, name="export"),
    path("c/<slug:slug>/desk/panel/<int:number>/", desk.panel, name="panel"),
    path("c/<slug:slug>/desk/panel/<int:number>/<str:act>/", desk.panel_act, name="panel-act"),
    path("c/<slug:slug>/record/", desk.record, name="record"),
    path("c/<slug:slug>/work/", work.work, name="work"),
    path("c/<slug:slug>/work/find/", work.find, name="find"),
    path("c/<slug:slug>/visits/", work.visits, name="visits"),
    path("c/<slug:slug>/matters/<int:number>/contact/", desk.contact, name="contact"),
]
