"""What must be decided before the work on a matter begins, and what was decided (domain §4.8)."""

from django.db import models

from linli.plumbing.tenancy import AppendOnlyModel, TenantForeignKey, TenantModel

from .matter import Matter


class MatterPaper(AppendOnlyModel):
    """A paper or a photo of one that belongs to a matter's decisions and options: for those who work on it alone.

    The original is sealed; of a photo `small` and `thumb` are shown.
    """

    matter = TenantForeignKey(Matter, models.PROTECT)
    kind = models.CharField(max_length=8)
    name = models.CharField(max_length=120)
    digest = models.CharField(max_length=64)
    sealed = models.CharField(max_length=100)
    small = models.CharField(max_length=100, blank=True)
    thumb = models.CharField(max_length=100, blank=True)
    added_at = models.DateTimeField()

    class Meta(AppendOnlyModel.Meta):
        abstract = False
        indexes = [models.Index(fields=["compound", "matter", "id"], name="matter_paper")]

    def __str__(self):
        return self.name


class Gate(TenantModel):
    """`result`: of the decision that holds now, "" while there is none. `set_at`: since when it waits, for another way
    after a no again. `lifted_at`: it was put by mistake. `next_at`: when
    the body whose turn it is to decide is reminded."""

    matter = TenantForeignKey(Matter, models.PROTECT, related_name="+")
    planned = models.CharField(max_length=20)
    decider = models.CharField(max_length=10)
    words = models.CharField(max_length=200, blank=True)
    result = models.CharField(max_length=8, blank=True)
    review_at = models.DateTimeField()
    set_at = models.DateTimeField()
    set_by = models.UUIDField(null=True)
    lifted_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=["compound", "matter", "planned"],
                condition=models.Q(lifted_at__isnull=True),
                name="gate_planned",
            )
        ]
        indexes = [models.Index(fields=["next_at"], condition=models.Q(next_at__isnull=False), name="gate_next")]

    def __str__(self):
        return f"{self.planned} {self.result}"


class GatePaper(AppendOnlyModel):
    """A permit, an assessment or an opinion that a gate wants beside its decision. Of a kind the last one since the gate
    was set counts; `result`: whether its author agrees."""

    gate = TenantForeignKey(Gate, models.PROTECT)
    kind = models.CharField(max_length=10)
    result = models.CharField(max_length=8)
    body = models.CharField(max_length=80)
    day = models.DateField()
    reference = models.CharField(max_length=120)
    paper = TenantForeignKey(MatterPaper, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(AppendOnlyModel.Meta):
        abstract = False
        indexes = [models.Index(fields=["compound", "gate", "id"], name="gate_paper")]

    def __str__(self):
        return f"{self.kind} {self.result} {self.day}"


class Decision(AppendOnlyModel):
    """What a body decided, on its day. Never edited: a later one counts, and may name the one that it corrects."""

    gate = TenantForeignKey(Gate, models.PROTECT)
    body = models.CharField(max_length=80)
    day = models.DateField()
    result = models.CharField(max_length=8)
    reference = models.CharField(max_length=120)
    posted_on = models.DateField(null=True)
    words = models.CharField(max_length=400, blank=True)
    paper = TenantForeignKey(MatterPaper, models.PROTECT, null=True, related_name="+")
    corrects = TenantForeignKey("self", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta(AppendOnlyModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=["compound", "corrects"], condition=models.Q(corrects__isnull=False), name="decision_corrects"
            )
        ]
        indexes = [models.Index(fields=["compound", "gate", "id"], name="decision_gate")]

    def __str__(self):
        return f"{self.result} {self.day}"
