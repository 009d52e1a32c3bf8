from django.db import models

from linli.plumbing.tenancy import TenantForeignKey, TenantModel

from .accounts import Account
from .registers import Person


class ExportRequest(TenantModel):
    """A list with whole names and numbers that somebody asks for (domain §4.9). `kind` and `params` name the list,
    `ends_at` is when the request, or what was granted, is over by itself; `voices`: how many agreed. `rows`: the keys
    of what stood in it when it was asked for, 16 bytes each; nothing else leaves (None: older than this column)."""

    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=20)
    params = models.JSONField(default=dict)
    title = models.CharField(max_length=80)
    size = models.PositiveIntegerField(default=0)
    rows = models.BinaryField(null=True)
    purpose = models.CharField(max_length=200)
    needed_by = models.DateField()
    state = models.CharField(max_length=12, default="asked")
    voices = models.PositiveSmallIntegerField(default=0)
    asked_by = models.UUIDField()
    asked_post = models.UUIDField()
    asked_name = models.CharField(max_length=40)
    asked_label = models.CharField(max_length=120)
    asked_at = models.DateTimeField()
    turn_since = models.DateTimeField()
    ends_at = models.DateTimeField()
    downloads = models.PositiveIntegerField(default=0)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["compound", "number"], name="export_number")]
        indexes = [
            models.Index(fields=["compound", "asked_by", "-number"], name="export_asker"),
            models.Index(fields=["compound", "state", "number"], name="export_state"),
            models.Index(fields=["ends_at"], name="export_ends", condition=models.Q(state__in=("asked", "open"))),
        ]

    def __str__(self):
        return f"export {self.number}"


class ExportVoice(TenantModel):
    """What one of two said to a request. `seat` is 1 or 2: neither a third nor the same person twice."""

    request = TenantForeignKey(ExportRequest, models.PROTECT)
    seat = models.PositiveSmallIntegerField()
    account_id = models.UUIDField()
    name = models.CharField(max_length=40)
    label = models.CharField(max_length=120)
    yes = models.BooleanField()
    words = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["compound", "request", "seat"], name="export_voice_seat"),
            models.UniqueConstraint(fields=["compound", "request", "account_id"], name="export_voice_once"),
            models.CheckConstraint(condition=models.Q(seat__in=(1, 2)), name="export_voice_two"),
        ]

    def __str__(self):
        return f"voice {self.pk}"


class DataRequest(TenantModel):
    """What somebody asks about the data of one they speak for, mostly themselves (PIPL 46, 47): `kind` correct or erase, `state`
    asked, done or refused. What was done or why not stands in `answer`. No `person`: who is in no register."""

    account = models.ForeignKey(Account, models.PROTECT, db_index=False)
    person = TenantForeignKey(Person, models.PROTECT, null=True, db_index=False)
    kind = models.CharField(max_length=10)
    words = models.CharField(max_length=300)
    state = models.CharField(max_length=10, default="asked")
    asked_at = models.DateTimeField()
    answer = models.CharField(max_length=300, blank=True)
    answered_by = models.UUIDField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=["compound", "account", "kind", "person"],
                condition=models.Q(state="asked"),
                name="data_request_open",
            ),
            models.UniqueConstraint(
                fields=["compound", "account", "kind"],
                condition=models.Q(state="asked", person=None),
                name="data_request_open_of_none",
            ),
        ]
        indexes = [models.Index(fields=["compound", "state", "asked_at"], name="data_request_state")]

    def __str__(self):
        return f"{self.kind} {self.pk}"
