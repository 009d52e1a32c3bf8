"""Choosing a property company: the process, who bids and how it was scored, what owners were asked, and the contract."""

from django.db import models

from linli.people.models import Organisation
from linli.plumbing.tenancy import AppendOnlyModel, TenantForeignKey, TenantModel

from .sessions import Item

# Before a contract is signed one runs at a time; what is still handed over afterwards holds up nobody.
UNSIGNED = ["preparing", "planned", "bidding", "scoring", "scored", "voting", "chosen"]


class Selection(TenantModel):
    """`old`: the company that is there, `new`: the one that came. `ground`: why; `given_on` and `ends_on`: of the written notice.

    `criteria`: [[words, points]]; `turn_since`: when the state began. Money in fen for a square metre and month.
    """

    number = models.PositiveIntegerField()
    once = models.UUIDField(null=True)
    state = models.CharField(max_length=10, default="preparing")
    turn_since = models.DateTimeField()
    body = models.ForeignKey(Organisation, models.PROTECT, related_name="+", db_index=False)
    old = models.ForeignKey(Organisation, models.PROTECT, related_name="+", null=True, db_index=False)
    new = models.ForeignKey(Organisation, models.PROTECT, related_name="+", null=True, db_index=False)
    ground = models.CharField(max_length=10)
    contact = models.CharField(max_length=80)
    started_at = models.DateTimeField()
    given_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    notice_days = models.PositiveSmallIntegerField(null=True)
    clause = models.CharField(max_length=80, blank=True)
    delivered = models.CharField(max_length=120, blank=True)
    services = models.CharField(max_length=1000, blank=True)
    months = models.PositiveSmallIntegerField(null=True)
    fee_model = models.CharField(max_length=10, blank=True)
    price_cap = models.PositiveIntegerField(null=True)
    least = models.PositiveSmallIntegerField(default=3)
    criteria = models.JSONField(default=list)
    comments_until = models.DateField(null=True)
    planned_at = models.DateTimeField(null=True)
    called_at = models.DateTimeField(null=True)
    bids_until = models.DateField(null=True)
    extended_from = models.DateField(null=True)
    opened_at = models.DateTimeField(null=True)
    witnesses = models.JSONField(default=list)
    published_at = models.DateTimeField(null=True)
    chosen = TenantForeignKey("assembly.Bid", models.PROTECT, related_name="+", null=True)
    chosen_at = models.DateTimeField(null=True)
    signed_at = models.DateTimeField(null=True)
    filed_on = models.DateField(null=True)
    filing_no = models.CharField(max_length=60, blank=True)
    filed_with = models.CharField(max_length=80, blank=True)
    entered_at = models.DateTimeField(null=True)
    left_at = models.DateTimeField(null=True)
    handover_until = models.DateField(null=True)
    told_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["compound", "number"], name="selection_number"),
            models.UniqueConstraint(fields=["compound", "once"], name="selection_once"),
            models.UniqueConstraint(
                fields=["compound"], condition=models.Q(state__in=UNSIGNED), name="selection_running"
            ),
        ]
        indexes = [
            models.Index(
                fields=["handover_until"],
                condition=models.Q(handover_until__isnull=False, told_at__isnull=True),
                name="selection_hand_over",
            )
        ]

    def __str__(self):
        return f"selection {self.number}"


class Scorer(TenantModel):
    """Scores the bids, by the own account or on paper; has declared to have no interest in any bidder."""

    selection = TenantForeignKey(Selection, models.PROTECT)
    place = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=40)
    side = models.CharField(max_length=10)
    account_id = models.UUIDField(null=True)
    named_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)
    left_why = models.CharField(max_length=200, blank=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["compound", "selection", "place"], name="scorer_place")]

    def __str__(self):
        return f"scorer {self.place}"


class Bid(TenantModel):
    """An envelope that came in time; what is in it (`price_fen`, `promise`) is written down after all are opened."""

    selection = TenantForeignKey(Selection, models.PROTECT)
    once = models.UUIDField(null=True)
    number = models.PositiveSmallIntegerField()
    company = models.CharField(max_length=80)
    contact = models.CharField(max_length=40)
    phone = models.CharField(max_length=20)
    received_at = models.DateTimeField()
    price_fen = models.PositiveIntegerField(null=True)
    promise = models.CharField(max_length=500, blank=True)
    entered_at = models.DateTimeField(null=True)
    out_at = models.DateTimeField(null=True)
    out_why = models.CharField(max_length=200, blank=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["compound", "selection", "number"], name="bid_number"),
            models.UniqueConstraint(fields=["compound", "once"], name="bid_once"),
        ]

    def __str__(self):
        return f"bid {self.number}"


class BidPaper(AppendOnlyModel):
    """A document of a bid, kept sealed: for the body that selects and the scorers."""

    bid = TenantForeignKey(Bid, models.PROTECT)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=8)
    digest = models.CharField(max_length=64)
    sealed = models.CharField(max_length=100)
    added_at = models.DateTimeField()

    class Meta(AppendOnlyModel.Meta):
        abstract = False
        indexes = [models.Index(fields=["compound", "bid", "id"], name="bid_paper")]

    def __str__(self):
        return self.name


class Score(AppendOnlyModel):
    """What a scorer gave a bid, item by item. Given again with a reason it is a new row; the last holds."""

    selection = TenantForeignKey(Selection, models.PROTECT)
    bid = TenantForeignKey(Bid, models.PROTECT)
    scorer = TenantForeignKey(Scorer, models.PROTECT)
    turn = models.PositiveSmallIntegerField()
    points = models.JSONField()
    total = models.PositiveSmallIntegerField()
    way = models.CharField(max_length=10)
    reason = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    account_id = models.UUIDField(null=True)

    class Meta(AppendOnlyModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["compound", "bid", "scorer", "turn"], name="score_turn")]
        indexes = [models.Index(fields=["compound", "selection", "id"], name="score_selection")]

    def __str__(self):
        return f"score {self.turn}"


class Put(AppendOnlyModel):
    """A company that owners were asked about, by an item of a session (matter 4); the last one holds."""

    selection = TenantForeignKey(Selection, models.PROTECT)
    turn = models.PositiveSmallIntegerField()
    bid = TenantForeignKey(Bid, models.PROTECT)
    item = TenantForeignKey(Item, models.PROTECT)
    reason = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    account_id = models.UUIDField(null=True)

    class Meta(AppendOnlyModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["compound", "selection", "turn"], name="put_turn"),
            models.UniqueConstraint(fields=["compound", "item"], name="put_item"),
        ]

    def __str__(self):
        return f"put {self.turn}"


class ServiceContract(AppendOnlyModel):
    """What a committee signed with a property company. Put right by another row that names the one it `corrects`.

    `selection`: that it came of; one that was there before has none, and names its `company`.
    """

    number = models.PositiveIntegerField()
    once = models.UUIDField(null=True)
    selection = TenantForeignKey(Selection, models.PROTECT, null=True)
    body = models.ForeignKey(Organisation, models.PROTECT, related_name="+", db_index=False)
    company = models.ForeignKey(Organisation, models.PROTECT, related_name="+", null=True, db_index=False)
    company_name = models.CharField(max_length=80)
    corrects = TenantForeignKey("self", models.PROTECT, null=True)
    reason = models.CharField(max_length=200, blank=True)
    signed_on = models.DateField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    months = models.PositiveSmallIntegerField()
    fee_model = models.CharField(max_length=10)
    price_fen = models.PositiveIntegerField()
    notice_days = models.PositiveSmallIntegerField(default=60)
    clauses = models.JSONField(default=list)
    signer = models.CharField(max_length=40)
    company_signer = models.CharField(max_length=40)
    seal_line = models.CharField(max_length=40, blank=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=8)
    digest = models.CharField(max_length=64)
    sealed = models.CharField(max_length=100)
    at = models.DateTimeField()
    account_id = models.UUIDField(null=True)

    class Meta(AppendOnlyModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["compound", "number"], name="contract_number"),
            models.UniqueConstraint(fields=["compound", "once"], name="contract_once"),
            models.UniqueConstraint(
                fields=["compound", "corrects"], condition=models.Q(corrects__isnull=False), name="contract_corrects"
            ),
            models.CheckConstraint(condition=models.Q(price_fen__gt=0), name="contract_price"),
        ]

    def __str__(self):
        return f"contract {self.number}"
