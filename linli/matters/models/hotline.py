from django.db import models

from linli.places.models import Building
from linli.plumbing.tenancy import TenantForeignKey, TenantModel

from .matter import Matter


class HotlineImport(TenantModel):
    """An export of the hotline as it was sent up: sealed until it is taken in or dropped. `counts` of its last look."""

    state = models.CharField(max_length=8)
    filename = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    stored = models.CharField(max_length=120, blank=True)
    uploaded_at = models.DateTimeField()
    uploaded_by = models.UUIDField(null=True)
    ended_at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict)

    class Meta(TenantModel.Meta):
        abstract = False
        indexes = [models.Index(fields=["compound", "-uploaded_at"], name="hotline_import_newest")]

    def __str__(self):
        return f"hotline import {self.pk}"


class HotlineOrder(TenantModel):
    """One order of the hotline. The caller is here alone, sealed: no page, message, search or export of matters has them.

    `matter` is where it is handled, `origin` the matter it came in as (another one after joining). `due_at` is the hotline's
    own clock; `next_at` and `stage` its next warning; `listed_at` since when it is on the tripartite meeting's list. `touched_at`: something changed since the answer was exported.
    `likely` is a matter that may be the same, until the clerk says.
    """

    number = models.CharField(max_length=80)
    matter = TenantForeignKey(Matter, models.PROTECT)
    origin = TenantForeignKey(Matter, models.PROTECT, related_name="+")
    likely = TenantForeignKey(Matter, models.PROTECT, null=True, related_name="+")
    received_at = models.DateTimeField()
    taken_in_at = models.DateTimeField()
    secret = models.BooleanField(default=False)
    caller_sealed = models.BinaryField(null=True)

    started_at = models.DateTimeField()
    first_due_at = models.DateTimeField()
    due_at = models.DateTimeField()
    stage = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    breached_at = models.DateTimeField(null=True)
    listed_at = models.DateTimeField(null=True)
    extended = models.PositiveSmallIntegerField(default=0)
    sent_back = models.PositiveSmallIntegerField(default=0)

    contacted_at = models.DateTimeField(null=True)
    exported_at = models.DateTimeField(null=True)
    exported_by = models.UUIDField(null=True)
    touched_at = models.DateTimeField(null=True)
    waits = models.BooleanField(default=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["compound", "number"], name="hotline_number")]
        indexes = [
            models.Index(fields=["compound", "matter", "received_at"], name="hotline_matter"),
            models.Index(fields=["compound", "waits", "due_at", "id"], name="hotline_waits"),
            models.Index(fields=["next_at"], condition=models.Q(next_at__isnull=False), name="hotline_next"),
            models.Index(
                fields=["compound", "listed_at", "id"],
                condition=models.Q(listed_at__isnull=False),
                name="hotline_listed",
            ),
        ]

    def __str__(self):
        return f"hotline order {self.pk}"


class HotlineReply(TenantModel):
    """The text of an answer: `written` by who put it right, or `exported`, as it left. A row is never changed."""

    order = TenantForeignKey(HotlineOrder, models.PROTECT)
    kind = models.CharField(max_length=8)
    words = models.CharField(max_length=800)
    at = models.DateTimeField()
    by = models.UUIDField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        indexes = [models.Index(fields=["compound", "order", "at", "id"], name="hotline_reply")]

    def __str__(self):
        return f"{self.kind} {self.pk}"


class ProposedTopic(TenantModel):
    """What so many called the hotline about in so few days that a council should speak of it. `state`: proposed, dropped, taken."""

    matter = TenantForeignKey(Matter, models.PROTECT)
    title = models.CharField(max_length=80)
    orders = models.PositiveIntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    state = models.CharField(max_length=10, default="proposed")
    proposed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=["compound", "matter"], condition=models.Q(state="proposed"), name="topic_proposed_once"
            )
        ]
        indexes = [models.Index(fields=["compound", "state", "-proposed_at"], name="topic_state")]

    def __str__(self):
        return self.title


class Outage(TenantModel):
    """Something will be off, planned: shown to who would report it, and gone when it is over. No building: the whole compound."""

    kind = models.CharField(max_length=10)
    words = models.CharField(max_length=200, blank=True)
    building = TenantForeignKey(Building, models.PROTECT, null=True)
    from_at = models.DateTimeField()
    to_at = models.DateTimeField()
    entered_at = models.DateTimeField()
    entered_by = models.UUIDField(null=True)
    entered_label = models.CharField(max_length=80, blank=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [
            models.CheckConstraint(
                condition=models.Q(to_at__gte=models.F("from_at")), name="outage_ends_after_it_begins"
            )
        ]
        indexes = [models.Index(fields=["compound", "to_at"], name="outage_to")]

    def __str__(self):
        return f"{self.kind} {self.from_at:%F %R}"
