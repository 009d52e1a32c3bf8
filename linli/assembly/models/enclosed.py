"""Papers that belong to a ballot without being one: an authority, a joint statement. Their pictures lie sealed as scans do."""

from django.db import models

from linli.plumbing.tenancy import AppendOnlyModel, TenantForeignKey

from .box import Leaf, Proxy
from .count import Scan
from .sessions import Session


class Enclosed(AppendOnlyModel):
    """A page of a paper that says, or may say, a choice: of a `proxy` or of the joint statement that is `leaf`.

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
