from django.db import models

from linli.places.models import Home
from linli.plumbing.tenancy import TenantForeignKey, TenantModel

from .accounts import Account
from .registers import Person


class Binding(TenantModel):
    """An account speaks for a person in a home. `relation`: owner, family, tenant, other."""

    account = models.ForeignKey(Account, models.PROTECT, db_index=False)
    person = TenantForeignKey(Person, models.PROTECT, null=True)
    home = TenantForeignKey(Home, models.PROTECT)
    relation = models.CharField(max_length=20)
    claimed_name = models.CharField(max_length=40, blank=True)
    note = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=12, default="asked")
    proof = models.CharField(max_length=20, blank=True)
    asked_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.UUIDField(null=True)
    refusal = models.CharField(max_length=200, blank=True)
    ended_at = models.DateTimeField(null=True)
    ended_reason = models.CharField(max_length=120, blank=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=["compound", "account", "home", "person"],
                condition=models.Q(state="confirmed"),
                name="binding_current",
            ),
            models.UniqueConstraint(
                fields=["compound", "account", "home", "claimed_name"],
                condition=models.Q(state="asked"),
                name="binding_asked",
            ),
        ]
        indexes = [
            models.Index(fields=["compound", "state", "asked_at"], name="binding_state"),
            models.Index(fields=["account", "state"], name="binding_account"),
            models.Index(fields=["compound", "person"], name="binding_person"),
            models.Index(fields=["compound", "home"], name="binding_home"),
        ]

    def __str__(self):
        return f"binding {self.pk}"


class Assistance(TenantModel):
    """A worker acts for a person without a phone: purpose, way, paper, both names, thirty minutes."""

    account = models.ForeignKey(Account, models.PROTECT, db_index=False)
    post_id = models.UUIDField()
    person = TenantForeignKey(Person, models.PROTECT)
    home = TenantForeignKey(Home, models.PROTECT, null=True)
    purpose = models.CharField(max_length=120)
    channel = models.CharField(max_length=20)
    paper = models.CharField(max_length=200, blank=True)
    started_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        abstract = False
        indexes = [models.Index(fields=["compound", "person", "started_at"], name="assistance_person")]

    def __str__(self):
        return f"assistance {self.pk}"
