"""Forms carried from door to door, ticked and counted (domain M10)."""

from django.db import models

from linli.places.models import Building, Home
from linli.plumbing.tenancy import AppendOnlyModel, TenantForeignKey, TenantModel

from .elections import Formation


class TickForm(TenantModel):
    """One home, one numbered form, carried by two. `ticks` is what was settled of it, sealed until the count.

    `state`: printed, out, returned, refused or absent. `right_*`: what it should say, put right when another agrees; `corrected`: what
    it said before, what since, and why.
    """

    formation = TenantForeignKey(Formation, models.PROTECT)
    number = models.PositiveIntegerField()
    home = TenantForeignKey(Home, models.PROTECT)
    building = TenantForeignKey(Building, models.PROTECT)
    label = models.CharField(max_length=60)
    area = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=10, default="printed")
    carriers = models.JSONField(default=list)
    out_at = models.DateTimeField(null=True)
    back_at = models.DateTimeField(null=True)
    readings = models.PositiveSmallIntegerField(default=0)
    ticks = models.BinaryField(null=True)
    right_state = models.CharField(max_length=10, blank=True)
    right_why = models.CharField(max_length=200, blank=True)
    right_at = models.DateTimeField(null=True)
    right_by = models.UUIDField(null=True)
    corrected = models.JSONField(default=list)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["compound", "formation", "number"], name="tick_form_number"),
            models.UniqueConstraint(fields=["compound", "formation", "home"], name="tick_form_home"),
        ]
        indexes = [models.Index(fields=["compound", "formation", "state", "readings"], name="tick_form_state")]

    def __str__(self):
        return f"form {self.number}"


class TickReading(AppendOnlyModel):
    """What one clerk read on a form (turns 1 and 2), and where the two differed what was read again (from turn 3), until two say the same. Sealed."""

    form = TenantForeignKey(TickForm, models.PROTECT)
    turn = models.PositiveSmallIntegerField()
    account_id = models.UUIDField()
    ticks = models.BinaryField()
    at = models.DateTimeField()

    class Meta(AppendOnlyModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["compound", "form", "turn"], name="tick_reading_turn"),
            models.UniqueConstraint(
                fields=["compound", "form", "account_id"], condition=models.Q(turn__lte=2), name="tick_reading_clerk"
            ),
        ]

    def __str__(self):
        return f"reading {self.turn}"


class TickResult(AppendOnlyModel):
    """What the count gave. Drawing lots for a tie makes a new row that carries them; the last holds."""

    formation = TenantForeignKey(Formation, models.PROTECT)
    turn = models.PositiveSmallIntegerField()
    found = models.JSONField()
    lots = models.JSONField(default=list)
    drawn = models.CharField(max_length=200, blank=True)
    witnesses = models.JSONField(default=list)
    at = models.DateTimeField()
    account_id = models.UUIDField(null=True)

    class Meta(AppendOnlyModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["compound", "formation", "turn"], name="tick_result_turn")]

    def __str__(self):
        return f"result {self.turn}"
