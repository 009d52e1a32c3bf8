from django.urls import URLPattern, path

from .views import acts, bulk, categories, desk, files, help, matter, panel, public, record, resident, saved, work

app_name = "matters"
urlpatterns: list[URLPattern] = [
    path("c/<slug:slug>/", public.page, name="public"),
    path("c/<slug:slug>/solved/", public.solved, name="solved"),
    path("c/<slug:slug>/home/", resident.home, name="home"),
    path("c/<slug:slug>/mine/", resident.mine, name="mine"),
    path("c/<slug:slug>/report/", resident.report, name="report"),
    path("c/<slug:slug>/report/similar/", resident.similar, name="similar"),
    path("c/<slug:slug>/matters/<int:number>/", matter.matter, name="matter"),
    path("c/<slug:slug>/matters/<int:number>/sent/", resident.sent, name="sent"),
    path("c/<slug:slug>/matters/<int:number>/print/", matter.print_view, name="print"),
    path("c/<slug:slug>/desk/", desk.desk, name="desk"),
    path("c/<slug:slug>/desk/bulk/", bulk.bulk, name="bulk"),
    path("c/<slug:slug>/desk/undo/", panel.undo, name="undo"),
    path("c/<slug:slug>/desk/saved/", saved.saved, name="saved"),
    path("c/<slug:slug>/desk/export.xlsx", desk.export, name="export"),
    path("c/<slug:slug>/desk/panel/<int:number>/", panel.panel, name="panel"),
    path("c/<slug:slug>/desk/panel/<int:number>/<slug:act>/", panel.panel_act, name="panel-act"),
    path("c/<slug:slug>/record/", record.record, name="record"),
    path("c/<slug:slug>/categories/", categories.overview, name="categories"),
    path("c/<slug:slug>/categories/<slug:top>/", categories.one, name="category"),
    path("c/<slug:slug>/prices/", help.prices, name="prices"),
    path("c/<slug:slug>/help/", help.offers, name="help"),
    path("c/<slug:slug>/help/order/", help.order, name="help-order"),
    path("c/<slug:slug>/prices/list/", help.price_list, name="price-list"),
    path("c/<slug:slug>/prices/new/", help.price, name="price-new"),
    path("c/<slug:slug>/prices/<uuid:line>/", help.price, name="price"),
    path("c/<slug:slug>/work/", work.work, name="work"),
    path("c/<slug:slug>/work/find/", work.find, name="find"),
    path("c/<slug:slug>/visits/", work.visits, name="visits"),
    path("c/<slug:slug>/matters/<int:number>/contact/", panel.contact, name="contact"),
    path("c/<slug:slug>/matters/<int:number>/<slug:act>/", acts.act, name="act"),
    path("c/<slug:slug>/files/<uuid:pk>/<slug:size>/", files.file, name="file"),
    path("c/<slug:slug>/open-files/<uuid:pk>/<slug:size>/", files.public_file, name="public-file"),
]
