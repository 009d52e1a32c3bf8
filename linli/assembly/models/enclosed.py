"""What belongs to a ballot without being one: an authority, a joint statement, an objection, whose pictures lie sealed as scans do; a call."""

from django.db import models

from linli.plumbing.tenancy import AppendOnlyModel, TenantForeignKey

from .box import Leaf, Proxy
from .count import Scan
from .register import Party
from .sessions import Session


class PhoneEntry(AppendOnlyModel):
    """Beside an online ballot that a worker entered while its owner was on the telephone: who entered it, and who heard it, too.

    `number`: the caller's, masked; `assistance_id`: for whom and what for.
    """

    session = TenantForeignKey(Session, models.PROTECT)
    leaf = TenantForeignKey(Leaf, models.PROTECT)
    assistance_id = models.UUIDField()
    account_id = models.UUIDField()
    witness_id = models.UUIDField()
    called_at = models.DateTimeField()
    number = models.CharField(max_length=20)
    at = models.DateTimeField()

    class Meta(AppendOnlyModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["compound", "leaf"], name="phone_entry_leaf"),
            models.CheckConstraint(condition=~models.Q(witness_id=models.F("account_id")), name="phone_entry_two"),
        ]
        indexes = [models.Index(fields=["compound", "session", "id"], name="phone_entry_session")]

    def __str__(self):
        return f"phone entry {self.pk}"


class Enclosed(AppendOnlyModel):
    """A page of a paper that says, or may say, a choice: of a `proxy`, or of the joint statement or objection that is `leaf`.

    `witness`: who read it with the one that typed.
    """

    session = TenantForeignKey(Session, models.PROTECT)
    scan = TenantForeignKey(Scan, models.PROTECT)
    leaf = TenantForeignKey(Leaf, models.PROTECT, null=True)
    proxy = TenantForeignKey(Proxy, models.PROTECT, null=True)
    witness = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField()
    account_id = models.UUIDField(null=True)

    class Meta(AppendOnlyModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["compound", "scan", "proxy"], name="enclosed_proxy_once"),
            models.UniqueConstraint(fields=["compound", "scan", "leaf"], name="enclosed_leaf_once"),
        ]
        indexes = [models.Index(fields=["compound", "session", "id"], name="enclosed_session")]

    def __str__(self):
        return f"enclosed {self.pk}"


class Invitation(AppendOnlyModel):
    """The owners of a party from which two ballots came were asked for one word together; `told`: how many a message could reach."""

    session = TenantForeignKey(Session, models.PROTECT)
    party = TenantForeignKey(Party, models.PROTECT)
    told = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    account_id = models.UUIDField(null=True)

    class Meta(AppendOnlyModel.Meta):
        abstract = False
        indexes = [models.Index(fields=["compound", "party", "id"], name="invitation_party")]

    def __str__(self):
        return f"invitation {self.pk}"
