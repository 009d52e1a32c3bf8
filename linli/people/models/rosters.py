from django.db import models

from linli.plumbing.tenancy import TenantForeignKey, TenantModel


class RosterImport(TenantModel):
    """A spreadsheet on its way into the registers: uploaded → mapped → checked → (proposed →) applied → undone."""

    kind = models.CharField(max_length=20)
    state = models.CharField(max_length=12, default="uploaded")
    filename = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    stored = models.CharField(max_length=200)
    mapping = models.JSONField(default=dict)
    summary = models.JSONField(default=dict)
    progress = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    failure = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    uploaded_at = models.DateTimeField()
    uploaded_by = models.UUIDField(null=True)
    confirmed_by = models.UUIDField(null=True)
    second_by = models.UUIDField(null=True)
    started_at = models.DateTimeField(null=True)
    applied_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    original_until = models.DateTimeField(null=True)  # when `stored` is deleted, and emptied here

    class Meta(TenantModel.Meta):
        abstract = False
        indexes = [
            models.Index(fields=["compound", "-uploaded_at"], name="roster_recent"),
            models.Index(fields=["state", "started_at"], name="roster_waiting"),
        ]

    def __str__(self):
        return self.filename


class RosterChunk(TenantModel):
    """A run of rows of an import, checked: the cells, the result, the reasons, and what applying changed (for undo)."""

    roster = TenantForeignKey(RosterImport, models.CASCADE)
    position = models.PositiveIntegerField()
    counts = models.JSONField(default=dict)
    rows = models.BinaryField()
    changes = models.BinaryField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["compound", "roster", "position"], name="roster_chunk")]

    def __str__(self):
        return f"{self.roster_id} {self.position}"
