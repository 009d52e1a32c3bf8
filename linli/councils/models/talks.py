from django.db import models

from linli.matters.models import Matter
from linli.notices.models import Posting
from linli.people.models import Organisation
from linli.plumbing.tenancy import AppendOnlyModel, TenantForeignKey, TenantModel


class Talk(TenantModel):
    """A night talk: announced by a body, held, published, and followed up at the next. `posting`: the notice drafted of it."""

    number = models.PositiveIntegerField()
    once = models.UUIDField(null=True)
    body = models.ForeignKey(Organisation, models.PROTECT, related_name="+", db_index=False)
    subject = models.CharField(max_length=80, blank=True)
    spot = models.CharField(max_length=80)
    starts_at = models.DateTimeField()
    state = models.CharField(max_length=12, default="announced")
    announced_at = models.DateTimeField()
    attendance = models.PositiveIntegerField(null=True)
    held_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    posting = TenantForeignKey(Posting, models.PROTECT, null=True)
    cancelled_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["compound", "number"], name="talk_number"),
            models.UniqueConstraint(fields=["compound", "once"], name="talk_once"),
        ]
        indexes = [models.Index(fields=["compound", "state", "starts_at"], name="talk_state")]

    def __str__(self):
        return f"talk {self.number}"


class Point(TenantModel):
    """What was said at a talk: answered there (with a promise, where a day was named), or gone on as a matter.

    `speaker` is for the recorder alone and never published. Once the talk is published nothing here changes.
    """

    talk = TenantForeignKey(Talk, models.PROTECT)
    place = models.PositiveSmallIntegerField()
    words = models.CharField(max_length=300)
    speaker = models.CharField(max_length=40, blank=True)
    said_at = models.DateTimeField()
    answer = models.CharField(max_length=300, blank=True)
    answered_by = models.CharField(max_length=40, blank=True)
    due_on = models.DateField(null=True)
    matter = TenantForeignKey(Matter, models.PROTECT, null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["compound", "talk", "place"], name="point_place"),
            models.CheckConstraint(
                condition=models.Q(answer="") | models.Q(matter__isnull=True), name="point_answered_or_handed_on"
            ),
        ]

    def __str__(self):
        return f"point {self.place}"


class FollowUp(AppendOnlyModel):
    """What a later talk said of a point that had been left open."""

    point = TenantForeignKey(Point, models.PROTECT)
    talk = TenantForeignKey(Talk, models.PROTECT)
    words = models.CharField(max_length=300)
    done = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta(AppendOnlyModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["compound", "point", "talk"], name="follow_up_once")]

    def __str__(self):
        return f"follow-up {self.pk}"


class Correction(AppendOnlyModel):
    """How a published point should have read, and why: the point itself stays."""

    point = TenantForeignKey(Point, models.PROTECT)
    words = models.CharField(max_length=300)
    reason = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta(AppendOnlyModel.Meta):
        abstract = False
        indexes = [models.Index(fields=["compound", "point", "id"], name="correction_point")]

    def __str__(self):
        return f"correction {self.pk}"
