from django.urls import URLPattern, path

from .views import (
    announced,
    casting,
    checking,
    contracts,
    count,
    delivery,
    elections,
    heads,
    keys,
    prints,
    register,
    result,
    returning,
    scanning,
    selections,
    sessions,
    tick_forms,
    verify,
    voiding,
)

app_name = "assembly"
SESSION = "c/<slug:slug>/assembly/<int:number>/"
COUNT = f"{SESSION}count/"
ELECTIONS = "c/<slug:slug>/elections/"
ELECTION = ELECTIONS + "<int:number>/"
SELECTIONS = "c/<slug:slug>/selections/"
SELECTION = SELECTIONS + "<int:number>/"
BID = SELECTION + "bids/<int:bid>/"
CONTRACTS = "c/<slug:slug>/contracts/"
urlpatterns: list[URLPattern] = [
    path("check-result/", announced.check_result, name="check-result"),
    # session
    path("c/<slug:slug>/assembly/", sessions.sessions, name="sessions"),
    path("c/<slug:slug>/assembly/new/", sessions.draft, name="draft"),
    path(SESSION, sessions.session, name="session"),
    path(f"{SESSION}do/<slug:act>/", sessions.do, name="do"),
    path(f"{SESSION}items/<int:place>/<slug:act>/", sessions.item_act, name="item-act"),
    path(f"{SESSION}papers/<uuid:pk>/", sessions.paper, name="paper"),
    path(f"{SESSION}officers/<uuid:pk>/release/", sessions.release, name="release"),
    path(f"{SESSION}objections/<uuid:pk>/", sessions.answer, name="answer"),
    path(f"{SESSION}keys/", keys.keys, name="keys"),
    path(f"{SESSION}keys/<int:place>/<slug:act>/", keys.key_act, name="key-act"),
    path(f"{SESSION}request/", sessions.request_list, name="request"),
    path(f"{SESSION}register/", register.register, name="register"),
    # papers
    path(f"{SESSION}print/", prints.prints, name="prints"),
    path(f"{SESSION}print/ballots/", prints.ballots, name="print-ballots"),
    path(f"{SESSION}print/<slug:kind>/", prints.sheet, name="print"),
    # delivery
    path(f"{SESSION}delivery/", delivery.delivery, name="delivery"),
    path(f"{SESSION}delivery/<int:party>/", delivery.deliver, name="deliver"),
    path(f"{SESSION}delivery/<int:party>/reprint/", delivery.reprint, name="reprint"),
    # casting
    path(f"{SESSION}cast/", casting.cast, name="cast"),
    path(f"{SESSION}cast/<int:nth>/", casting.item, name="cast-item"),
    path(f"{SESSION}cast/review/", casting.review, name="cast-review"),
    path(f"{SESSION}cast/confirm/", casting.confirm, name="cast-confirm"),
    path(f"{SESSION}receipts/<int:index>/", casting.receipt, name="receipt"),
    path(f"{SESSION}receipts/<int:index>/file/", casting.receipt_file, name="receipt-file"),
    path(f"{SESSION}returned/", returning.returned, name="returned"),
    path(f"{SESSION}scans/", scanning.scans, name="scans"),
    path(f"{SESSION}scans/<uuid:pk>/", scanning.batch, name="scan-batch"),
    path(f"{SESSION}scans/<uuid:pk>/name/", scanning.name, name="scan-name"),
    path(f"{SESSION}heads/", heads.heads, name="heads"),
    path("check-receipt/", checking.check_receipt, name="check-receipt"),
    # count
    path(f"{SESSION}result/", result.result, name="result"),
    path("verify/", verify.verify, name="verify"),
    path(f"{SESSION}bulletin.zip", verify.bulletin, name="bulletin"),
    path(f"{SESSION}inspection/", verify.inspection, name="inspection"),
    path(COUNT, count.count, name="count"),
    path(f"{COUNT}papers/<slug:paper>/", count.paper, name="count-paper"),
    path(f"{COUNT}scans/<uuid:pk>/", count.scan, name="count-scan"),
    path(f"{COUNT}lots/<int:place>/", count.lots, name="count-lots"),
    path(f"{COUNT}official/<int:place>/", count.official, name="count-official"),
    path(f"{COUNT}void/", voiding.void, name="count-void"),
    path(f"{COUNT}<slug:act>/", count.act, name="count-act"),
    # elections
    path(ELECTIONS, elections.elections, name="elections"),
    path(ELECTIONS + "new/", elections.announce, name="election-new"),
    path(ELECTIONS + "candidates/<uuid:pk>/", elections.recruit, name="election-recruit"),
    path(ELECTION, elections.election, name="election"),
    path(ELECTION + "forms/", tick_forms.tick_forms, name="election-forms"),
    path(ELECTION + "print/<slug:kind>/", elections.sheet, name="election-print"),
    path(ELECTION + "entry/", tick_forms.entry, name="election-entry"),
    path(ELECTION + "differences/", tick_forms.differences, name="election-differences"),
    path(ELECTION + "nominees/<uuid:pk>/", elections.nominee, name="nominee"),
    path(ELECTION + "nominees/<uuid:pk>/<slug:act>/", elections.nominee_act, name="nominee-act"),
    path(ELECTION + "objections/<uuid:pk>/answer/", elections.answer, name="election-answer"),
    path(ELECTION + "seats/<uuid:pk>/<slug:act>/", elections.seat_act, name="election-seat"),
    path(ELECTION + "recalls/<uuid:pk>/<slug:act>/", elections.recall_act, name="election-recall"),
    path(ELECTION + "hand-over/<slug:key>/", elections.hand_over, name="election-hand-over"),
    path(ELECTION + "<slug:act>/", elections.act, name="election-act"),
    # choosing a property company
    path(SELECTIONS, selections.selections, name="selections"),
    path(SELECTIONS + "new/", selections.start, name="selection-new"),
    path(SELECTION, selections.selection, name="selection"),
    path(BID + "score/", selections.score, name="selection-score"),
    path(BID + "sheets/<int:place>/", selections.sheet, name="selection-sheet"),
    path(BID + "<slug:act>/", selections.bid_act, name="selection-bid"),
    path(SELECTION + "papers/<uuid:pk>/", selections.bid_paper, name="bid-paper"),
    path(SELECTION + "scorers/<int:place>/", selections.release, name="selection-scorer"),
    path(SELECTION + "objections/<uuid:pk>/", selections.answer, name="selection-answer"),
    path(SELECTION + "hand-over/<slug:key>/<slug:act>/", selections.hand, name="selection-hand"),
    path(SELECTION + "<slug:act>/", selections.act, name="selection-act"),
    path(CONTRACTS + "new/", contracts.record, name="contract-new"),
    path(CONTRACTS + "<int:number>/", contracts.contract, name="contract"),
    path(CONTRACTS + "<int:number>/paper/", contracts.paper, name="contract-paper"),
]
