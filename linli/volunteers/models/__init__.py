from django.db import models

from linli.matters.models import Matter
from linli.people.models import Account, Person
from linli.places.models import Building, Home
from linli.plumbing.tenancy import TenantForeignKey, TenantModel

from .representatives import Cover, HouseAct, Representative

__all__ = ["Call", "CallPhoto", "Claim", "Cover", "HouseAct", "Representative", "Willing"]


class Call(TenantModel):
    """A shout for help. `next_at`: the next moment at which the clock does something; `leg` grows when it opens again.

    `raised_by` and `raised_role` entered it: the caller, or a worker for somebody without a phone. `forgotten_at`: since when it is
    nobody's any more (`services.forgetting`).
    """

    number = models.PositiveIntegerField()
    once = models.UUIDField(null=True)
    kind = models.CharField(max_length=12)
    words = models.TextField()
    state = models.CharField(max_length=10, default="open")
    since = models.DateTimeField()
    leg = models.PositiveSmallIntegerField(default=1)
    home = TenantForeignKey(Home, models.PROTECT, null=True)
    building = TenantForeignKey(Building, models.PROTECT, null=True)
    caller_account = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", db_index=False)
    caller_person = TenantForeignKey(Person, models.PROTECT, null=True)
    raised_by = models.UUIDField(null=True)
    raised_role = models.CharField(max_length=40)
    called_at = models.DateTimeField()
    due_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True)
    stage = models.PositiveSmallIntegerField(default=0)
    first_claimed_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    result = models.CharField(max_length=200, blank=True)
    thanks = models.CharField(max_length=200, blank=True)
    materials = models.CharField(max_length=200, blank=True)
    cost_fen = models.PositiveBigIntegerField(null=True)
    paid_by = models.CharField(max_length=12, blank=True)
    matter = TenantForeignKey(Matter, models.PROTECT, null=True)
    forgotten_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["compound", "number"], name="call_number"),
            models.UniqueConstraint(fields=["compound", "once"], name="call_once"),
        ]
        indexes = [
            models.Index(fields=["compound", "state", "-id"], name="call_state"),
            models.Index(fields=["compound", "caller_account", "-id"], name="call_caller"),
            models.Index(fields=["next_at"], condition=models.Q(next_at__isnull=False), name="call_next"),
            models.Index(
                fields=["compound", "since"],
                condition=models.Q(forgotten_at__isnull=True),
                name="call_forget",
            ),
        ]

    def __str__(self):
        return f"call {self.number}"


class Claim(TenantModel):
    """Somebody takes a call on (`claimer`, one at a time: the database sees to it) or comes along (`helper`)."""

    call = TenantForeignKey(Call, models.PROTECT)
    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=8)
    name = models.CharField(max_length=40, blank=True)
    role = models.CharField(max_length=40)
    since = models.DateTimeField()
    left_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=["compound", "call"], condition=models.Q(kind="claimer", left_at__isnull=True), name="claim_one"
            ),
            models.UniqueConstraint(
                fields=["compound", "call", "account"], condition=models.Q(left_at__isnull=True), name="claim_account"
            ),
        ]
        indexes = [models.Index(fields=["compound", "account", "-id"], name="claim_recent")]

    def __str__(self):
        return f"{self.kind} {self.pk}"


class CallPhoto(TenantModel):
    """How it looks now that it is done; the original stays sealed."""

    call = TenantForeignKey(Call, models.PROTECT)
    small = models.CharField(max_length=100)
    thumb = models.CharField(max_length=100)
    sealed = models.CharField(max_length=100)
    added_at = models.DateTimeField()
    added_by = models.UUIDField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        indexes = [models.Index(fields=["compound", "call", "id"], name="call_photo")]

    def __str__(self):
        return f"photo {self.pk}"


class Willing(TenantModel):
    """An account said whether it wants to hear of calls; without a row a volunteer's post does, a resident does not."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    building = TenantForeignKey(Building, models.PROTECT, null=True)
    willing = models.BooleanField()
    since = models.DateTimeField()

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["compound", "account"], name="willing_account")]
        indexes = [models.Index(fields=["compound", "willing", "building"], name="willing_building")]

    def __str__(self):
        return f"willing {self.pk}"
