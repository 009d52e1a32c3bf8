from django.db import models

from linli.places.models import Building, Home
from linli.plumbing.tenancy import AppendOnlyModel, TenantForeignKey, TenantModel

from .matter import Matter


class Batch(TenantModel):
    """Many homes with one legacy problem (M44). `path` and `papers`: rows of `rules.batches` Stage and Paper.

    `lead` is whose case it is: committee or community. `forgotten_at`: since when its counts alone are left (`services.forgetting`).
    """

    number = models.PositiveIntegerField()
    once = models.UUIDField(null=True)
    title = models.CharField(max_length=40)
    words = models.CharField(max_length=400, blank=True)
    matter = TenantForeignKey(Matter, models.PROTECT, null=True)
    lead = models.CharField(max_length=10)
    path = models.JSONField(default=list)
    papers = models.JSONField(default=list)
    public = models.BooleanField(default=True)
    bring_to = models.CharField(max_length=80, blank=True)
    opened_at = models.DateTimeField()
    opened_by = models.UUIDField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_words = models.CharField(max_length=200, blank=True)
    forgotten_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["compound", "number"], name="batch_number"),
            models.UniqueConstraint(fields=["compound", "once"], name="batch_once"),
        ]

    def __str__(self):
        return f"batch {self.number}"


class BatchHome(TenantModel):
    """One home's way. `sort` is its place among the others; `lacks` the missing papers as |a|b|; `before` where it was blocked.

    `extra`: columns of the office's list that nothing else holds. `left_at`: taken out again, it counts nowhere.
    """

    batch = TenantForeignKey(Batch, models.PROTECT)
    home = TenantForeignKey(Home, models.PROTECT)
    building = TenantForeignKey(Building, models.PROTECT)
    sort = models.CharField(max_length=60)
    state = models.CharField(max_length=20)
    since = models.DateTimeField()
    before = models.CharField(max_length=20, blank=True)
    reason = models.CharField(max_length=20, blank=True)
    reason_words = models.CharField(max_length=200, blank=True)
    have = models.JSONField(default=dict)
    lacks = models.CharField(max_length=400, blank=True)
    contract_no = models.CharField(max_length=40, blank=True)
    certified_on = models.DateField(null=True)
    title_no = models.CharField(max_length=60, blank=True)
    remark = models.CharField(max_length=200, blank=True)
    extra = models.JSONField(default=dict)
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["compound", "batch", "home"], name="batch_home")]
        indexes = [
            models.Index(fields=["compound", "batch", "sort"], name="batch_home_sort"),
            models.Index(fields=["compound", "batch", "state", "sort"], name="batch_home_state"),
            models.Index(fields=["compound", "batch", "building", "sort"], name="batch_home_building"),
            models.Index(fields=["compound", "home"], name="batch_home_home"),
        ]

    def __str__(self):
        return f"batch home {self.pk}"


class BatchMove(AppendOnlyModel):
    """What was done with one home: many are written for one act of the desk, whose audit entry is `entry_id`.

    `was`: what a list from outside found there, so that it can be put back.
    """

    row = TenantForeignKey(BatchHome, models.PROTECT)
    at = models.DateTimeField()
    step = models.CharField(max_length=12)
    state_from = models.CharField(max_length=20, blank=True)
    state_to = models.CharField(max_length=20)
    lacks = models.CharField(max_length=400, blank=True)
    reason = models.CharField(max_length=20, blank=True)
    words = models.CharField(max_length=200, blank=True)
    entry_id = models.UUIDField()
    was = models.JSONField(default=dict)

    class Meta(AppendOnlyModel.Meta):
        abstract = False
        indexes = [
            models.Index(fields=["compound", "row", "-id"], name="batch_move_row"),
            models.Index(fields=["compound", "entry_id"], name="batch_move_entry"),
        ]

    def __str__(self):
        return f"{self.step} {self.pk}"


class BatchVisit(AppendOnlyModel):
    """A way to an agency: who went, what came of it, what next. `said` is what everybody reads, without names."""

    batch = TenantForeignKey(Batch, models.PROTECT)
    day = models.DateField()
    agency = models.CharField(max_length=40)
    persons = models.CharField(max_length=120)
    result = models.CharField(max_length=400)
    next_step = models.CharField(max_length=200, blank=True)
    documents = models.CharField(max_length=200, blank=True)
    said = models.CharField(max_length=200, blank=True)
    papers = models.JSONField(default=list)
    at = models.DateTimeField()
    by = models.UUIDField(null=True)

    class Meta(AppendOnlyModel.Meta):
        abstract = False
        indexes = [models.Index(fields=["compound", "batch", "-day", "-id"], name="batch_visit_day")]

    def __str__(self):
        return f"visit {self.day}"


class BatchMilestone(TenantModel):
    """A point on the way of the whole case; `reached_on` is written once."""

    batch = TenantForeignKey(Batch, models.PROTECT)
    title = models.CharField(max_length=40)
    planned_on = models.DateField(null=True)
    reached_on = models.DateField(null=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["compound", "batch", "title"], name="batch_milestone")]

    def __str__(self):
        return self.title


class BatchImport(TenantModel):
    """A spreadsheet on its way into a batch case: checked → applied → undone, or dropped. `rows`: each row's verdict, sealed.

    `entry_id`: the audit entry of taking it.
    """

    batch = TenantForeignKey(Batch, models.PROTECT)
    state = models.CharField(max_length=10, default="checked")
    filename = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    counts = models.JSONField(default=dict)
    sheets = models.JSONField(default=list)
    rows = models.BinaryField(null=True)
    once = models.UUIDField(null=True)
    uploaded_at = models.DateTimeField()
    uploaded_by = models.UUIDField(null=True)
    applied_at = models.DateTimeField(null=True)
    entry_id = models.UUIDField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["compound", "once"], name="batch_import_once")]
        indexes = [models.Index(fields=["compound", "batch", "-uploaded_at"], name="batch_import_recent")]

    def __str__(self):
        return f"import {self.pk}"
