from django.db import models

from linli.people.models import Organisation, Post
from linli.plumbing.tenancy import TenantForeignKey, TenantModel


class Order(TenantModel):
    """Matters gathered into one order from the committee to the property company (点单—下单—接单, domain M46).

    Gathering is not merging: every matter keeps its number, reporter and clock. `due_at` is until when the party in turn
    must act, `next_at` the next moment at which that is looked at, `stage` how far it has come, `listed_at` since when the
    three parties have it on their list; `size` the matters in it.
    """

    number = models.PositiveIntegerField()
    title = models.CharField(max_length=60)
    words = models.CharField(max_length=800, blank=True)
    by_body = models.ForeignKey(Organisation, models.PROTECT, related_name="+", db_index=False)
    to_body = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+", db_index=False)
    proposed_body = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+", db_index=False)

    state = models.CharField(max_length=12)
    open = models.BooleanField(default=True)
    turn = models.CharField(max_length=10)
    turn_since = models.DateTimeField()
    wanted_by = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)
    stage = models.PositiveSmallIntegerField(default=0)
    overdue = models.BooleanField(default=False)
    listed_at = models.DateTimeField(null=True)

    size = models.PositiveIntegerField(default=0)
    backs = models.PositiveSmallIntegerField(default=0)
    reply = models.CharField(max_length=400, blank=True)
    review = models.CharField(max_length=400, blank=True)
    made_at = models.DateTimeField()
    placed_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["compound", "number"], name="order_number")]
        indexes = [
            models.Index(fields=["compound", "open", "turn", "-number"], name="order_turn"),
            models.Index(fields=["next_at"], condition=models.Q(next_at__isnull=False), name="order_next"),
            models.Index(
                fields=["compound", "listed_at", "id"],
                condition=models.Q(listed_at__isnull=False),
                name="order_listed",
            ),
        ]

    def __str__(self):
        return f"order {self.number}"


class OrderPart(TenantModel):
    """A piece of an order that one hand carries out, and what was done: words, cost, photos."""

    order = TenantForeignKey(Order, models.PROTECT)
    position = models.PositiveSmallIntegerField()
    words = models.CharField(max_length=200)
    post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+", db_index=False)
    due_at = models.DateTimeField()
    reported_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=16, blank=True)
    done_words = models.CharField(max_length=400, blank=True)
    missing = models.CharField(max_length=400, blank=True)
    cost_fen = models.PositiveBigIntegerField(null=True)
    paid_by = models.CharField(max_length=40, blank=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["compound", "order", "position"], name="order_part_position")]

    def __str__(self):
        return f"part {self.position}"


class Gathered(TenantModel):
    """A matter's time in an order: since when, in which part, and why it left."""

    order = TenantForeignKey(Order, models.PROTECT)
    matter = TenantForeignKey("matters.Matter", models.PROTECT)
    part = TenantForeignKey(OrderPart, models.PROTECT, null=True)
    since = models.DateTimeField()
    left_at = models.DateTimeField(null=True)
    left_why = models.CharField(max_length=12, blank=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=["compound", "matter"], condition=models.Q(left_at__isnull=True), name="gathered_once"
            )
        ]
        indexes = [models.Index(fields=["compound", "order", "id"], name="gathered_order")]

    def __str__(self):
        return f"gathered {self.pk}"


class PartPhoto(TenantModel):
    """How it looked before a part was carried out, and after; each of its matters holds the same picture as its own."""

    kind = "photo"

    part = TenantForeignKey(OrderPart, models.PROTECT)
    phase = models.CharField(max_length=8)
    small = models.CharField(max_length=100)
    thumb = models.CharField(max_length=100)
    sealed = models.CharField(max_length=100)
    digest = models.CharField(max_length=64)
    hidden_at = models.DateTimeField(null=True)
    added_at = models.DateTimeField()
    added_by = models.UUIDField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        indexes = [models.Index(fields=["compound", "part", "id"], name="part_photo_part")]

    def __str__(self):
        return f"{self.phase} {self.pk}"
