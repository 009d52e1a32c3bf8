"""The ballot box: who was handed which numbered paper, and the append-only log of everything that came in."""

from django.db import models

from linli.people.models import Person
from linli.plumbing.tenancy import AppendOnlyModel, TenantForeignKey, TenantModel

from .register import Party, RegisterHome
from .sessions import Item, Session


class Paper(TenantModel):
    """A numbered ballot paper printed for a party: `printed`, `returned` or `void` (spoilt, and replaced by another). `row`: the home it
    speaks for, where each home votes by itself.

    Or a `statement` of all its owners, or an `objection` of one of them, which get their number when they come in."""

    session = TenantForeignKey(Session, models.PROTECT)
    party = TenantForeignKey(Party, models.PROTECT)
    row = TenantForeignKey(RegisterHome, models.PROTECT, null=True)
    number = models.CharField(max_length=20)
    state = models.CharField(max_length=10, default="printed")
    printed_at = models.DateTimeField()
    voided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=120, blank=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["compound", "session", "number"], name="paper_number")]
        indexes = [models.Index(fields=["compound", "party"], name="paper_party")]

    def __str__(self):
        return self.number


class Delivery(AppendOnlyModel):
    """An attempt to hand a party its ballot. `evidence` of domain §3.9, or "refused", "absent" (which deliver nothing).

    At a door two carriers go together: `carriers` holds two different names.
    """

    session = TenantForeignKey(Session, models.PROTECT)
    party = TenantForeignKey(Party, models.PROTECT)
    once = models.UUIDField(null=True)
    evidence = models.CharField(max_length=20)
    paper = TenantForeignKey(Paper, models.PROTECT, null=True)
    carriers = models.JSONField(default=list)
    words = models.CharField(max_length=200, blank=True)
    file = models.CharField(max_length=100, blank=True)
    posted_on = models.DateField(null=True)
    at = models.DateTimeField()
    account_id = models.UUIDField(null=True)

    class Meta(AppendOnlyModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["compound", "once"], name="delivery_once")]
        indexes = [models.Index(fields=["compound", "party", "id"], name="delivery_party")]

    def __str__(self):
        return f"{self.evidence} {self.pk}"


class Proxy(TenantModel):
    """A written authority of one owner. Several agents act together unless `severally` (Civil Code 166).

    `agents`: {mark, name}; the mark is made of the number of his papers, so that the same agent is the same under every authority.
    `items`: places of what it names; `until`: its last day.
    """

    session = TenantForeignKey(Session, models.PROTECT)
    person = TenantForeignKey(Person, models.PROTECT)
    agents = models.JSONField(default=list)
    severally = models.BooleanField(default=False)
    once = models.UUIDField(null=True)
    file = models.CharField(max_length=100, blank=True)
    registered_at = models.DateTimeField()
    registered_by = models.UUIDField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    items = models.JSONField(default=list)
    until = models.DateField(null=True)
    reason = models.CharField(max_length=120, blank=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["compound", "once"], name="proxy_once")]
        indexes = [models.Index(fields=["compound", "session", "id"], name="proxy_session")]

    def __str__(self):
        return f"proxy {self.pk}"


class Log(TenantModel):
    """Where the tree of a session stands. Its row is the lock of the box: taken last, held shortly, one leaf at a time.

    `frontier`: roots of the whole subtrees, highest first, hex. `parties` and `area`: of those from whom anything came in.
    """

    session = TenantForeignKey(Session, models.PROTECT)
    size = models.PositiveIntegerField(default=0)
    frontier = models.JSONField(default=list)
    parties = models.PositiveIntegerField(default=0)
    area = models.PositiveBigIntegerField(default=0)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["compound", "session"], name="log_session")]

    def __str__(self):
        return f"log of {self.size}"


class Leaf(AppendOnlyModel):
    """One thing that came in (`kernel.receipts.Leaf`). `sealed` is its opening, sealed to the session's key: no row here says a choice.

    `receipt` is what its giver took home. `ballot`: its number; of an entered paper that of the paper.
    """

    session = TenantForeignKey(Session, models.PROTECT)
    index = models.PositiveIntegerField()
    kind = models.CharField(max_length=10)
    ballot = models.CharField(max_length=20)
    commitment = models.CharField(max_length=64)
    at = models.DateTimeField()
    sealed = models.BinaryField()
    receipt = models.JSONField()
    party = TenantForeignKey(Party, models.PROTECT, null=True)
    row = TenantForeignKey(RegisterHome, models.PROTECT, null=True)
    person = TenantForeignKey(Person, models.PROTECT, null=True)
    channel = models.CharField(max_length=10)
    once = models.UUIDField(null=True)
    account_id = models.UUIDField(null=True)

    class Meta(AppendOnlyModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["compound", "session", "index"], name="leaf_index"),
            models.UniqueConstraint(fields=["compound", "once"], name="leaf_once"),
        ]
        indexes = [models.Index(fields=["compound", "party", "index"], name="leaf_party")]

    def __str__(self):
        return f"leaf {self.index}"


class PartyItem(TenantModel):
    """Whether and how often a party voted on an item; never what. One row, kept by the database."""

    item = TenantForeignKey(Item, models.PROTECT)
    party = TenantForeignKey(Party, models.PROTECT)
    times = models.PositiveSmallIntegerField(default=1)
    first_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["compound", "item", "party"], name="party_item_once")]

    def __str__(self):
        return f"party item {self.pk}"


class Head(AppendOnlyModel):
    """A signed tree head that was published: one a day while the box is open, one when it closes, one after the count."""

    session = TenantForeignKey(Session, models.PROTECT)
    size = models.PositiveIntegerField()
    on = models.DateField()
    kind = models.CharField(max_length=10)
    head = models.JSONField()

    class Meta(AppendOnlyModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["compound", "session", "kind", "on"], name="head_once")]

    def __str__(self):
        return f"head of {self.size}"
