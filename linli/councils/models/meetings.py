"""Meetings of a committee or a PMC: the agenda, who asked, who came, what each signed, and what was written of it."""

from django.db import models

from linli.notices.models import Posting
from linli.people.models import Account, Organisation
from linli.plumbing.tenancy import AppendOnlyModel, TenantForeignKey, TenantModel


class Meeting(TenantModel):
    """`by_members`: called because a third of the members asked (`asked_at`). `profile`: the local rules that it is held by.

    `told`: how many of the residents' committee were told the topics. `result_due`: last day for posting what was decided.
    """

    number = models.PositiveIntegerField()
    once = models.UUIDField(null=True)
    body = models.ForeignKey(Organisation, models.PROTECT, related_name="+", db_index=False)
    state = models.CharField(max_length=12, default="draft")
    turn_since = models.DateTimeField()
    made_by = models.UUIDField()
    made_name = models.CharField(max_length=40)
    made_at = models.DateTimeField()
    by_members = models.BooleanField(default=False)
    asked_at = models.DateTimeField(null=True)
    profile = models.CharField(max_length=30, blank=True)
    starts_at = models.DateTimeField(null=True)
    spot = models.CharField(max_length=80, blank=True)
    called_at = models.DateTimeField(null=True)
    told = models.PositiveSmallIntegerField(default=0)
    members = models.PositiveSmallIntegerField(default=0)
    owners = models.PositiveSmallIntegerField(default=0)
    present = models.PositiveSmallIntegerField(default=0)
    held_at = models.DateTimeField(null=True)
    result_due = models.DateField(null=True)
    remind_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    shown_until = models.DateField(null=True)
    posting = TenantForeignKey(Posting, models.PROTECT, null=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["compound", "number"], name="meeting_number"),
            models.UniqueConstraint(fields=["compound", "once"], name="meeting_once"),
        ]
        indexes = [
            models.Index(fields=["compound", "body", "-number"], name="meeting_body"),
            models.Index(fields=["remind_at"], name="meeting_remind", condition=models.Q(state__in=("held", "closed"))),
        ]

    def __str__(self):
        return f"meeting {self.number}"


class AgendaItem(TenantModel):
    """Fixed once the meeting is called. `result` is "" until the signatures settle it; once settled it stays."""

    meeting = TenantForeignKey(Meeting, models.PROTECT)
    place = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12)
    title = models.CharField(max_length=80)
    words = models.CharField(max_length=400, blank=True)
    approve = models.PositiveSmallIntegerField(default=0)
    against = models.PositiveSmallIntegerField(default=0)
    abstain = models.PositiveSmallIntegerField(default=0)
    result = models.CharField(max_length=8, blank=True)
    settled_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["compound", "meeting", "place"], name="agenda_place")]

    def __str__(self):
        return self.title


class Supporter(AppendOnlyModel):
    """A member who asks for the meeting."""

    meeting = TenantForeignKey(Meeting, models.PROTECT)
    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    name = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta(AppendOnlyModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["compound", "meeting", "account"], name="supporter_once")]

    def __str__(self):
        return self.name


class Seat(AppendOnlyModel):
    """A member as the body stood on the day of the meeting, and whether that member came. Nobody sits for another."""

    meeting = TenantForeignKey(Meeting, models.PROTECT)
    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    post_id = models.UUIDField()
    role = models.CharField(max_length=40)
    name = models.CharField(max_length=40)
    owner = models.BooleanField()
    present = models.BooleanField()

    class Meta(AppendOnlyModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["compound", "meeting", "account"], name="seat_account")]

    def __str__(self):
        return self.name


class MeetingPaper(AppendOnlyModel):
    """The sheet that members signed by hand: for the body's own alone. The original is sealed; of a photo `small` is shown."""

    meeting = TenantForeignKey(Meeting, models.PROTECT)
    kind = models.CharField(max_length=8)
    name = models.CharField(max_length=120)
    digest = models.CharField(max_length=64)
    sealed = models.CharField(max_length=100)
    small = models.CharField(max_length=100, blank=True)
    added_at = models.DateTimeField()

    class Meta(AppendOnlyModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["compound", "meeting", "digest"], name="meeting_paper_digest")]

    def __str__(self):
        return self.name


class Signature(AppendOnlyModel):
    """How one member voted on one item: by that member's own account, or from the signed sheet, by whom it was entered."""

    item = TenantForeignKey(AgendaItem, models.PROTECT)
    seat = TenantForeignKey(Seat, models.PROTECT)
    choice = models.CharField(max_length=8)
    channel = models.CharField(max_length=8)
    paper = TenantForeignKey(MeetingPaper, models.PROTECT, null=True)
    entered_by = models.UUIDField()
    entered_name = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta(AppendOnlyModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["compound", "item", "seat"], name="signature_once"),
            models.CheckConstraint(
                condition=models.Q(channel="screen", paper__isnull=True)
                | models.Q(channel="paper", paper__isnull=False),
                name="signature_paper",
            ),
        ]

    def __str__(self):
        return f"{self.choice} {self.pk}"


class MeetingRecord(AppendOnlyModel):
    """Minutes, or a correction of what was published. Of minutes the last counts, until they are published."""

    meeting = TenantForeignKey(Meeting, models.PROTECT)
    kind = models.CharField(max_length=12)
    words = models.TextField()
    reason = models.CharField(max_length=200, blank=True)
    name = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta(AppendOnlyModel.Meta):
        abstract = False
        indexes = [models.Index(fields=["compound", "meeting", "id"], name="meeting_record")]

    def __str__(self):
        return f"{self.kind} {self.pk}"
