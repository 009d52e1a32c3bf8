from django.db import models

from linli.people.models import Account, Organisation, Person
from linli.plumbing.tenancy import TenantForeignKey, TenantModel


class Message(TenantModel):
    """A message to one person: a row first, sent later. `key` makes a repeat impossible.

    `channel`: inbox (read in the app), sms, wechat, or visit (nobody can be reached by wire: somebody goes or calls).
    `state`: kept (inbox only), queued, sending, sent, failed, todo (a visit), done (told in person, `reference` says how).
    """

    key = models.CharField(max_length=120)
    account = models.ForeignKey(Account, models.PROTECT, null=True, db_index=False)
    person = TenantForeignKey(Person, models.PROTECT, null=True)
    phone = models.CharField(max_length=20, blank=True)
    subject_kind = models.CharField(max_length=30)
    subject_id = models.UUIDField()
    subject_number = models.PositiveIntegerField(null=True)
    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=120)
    body = models.CharField(max_length=400, blank=True)
    channel = models.CharField(max_length=10, default="inbox")
    state = models.CharField(max_length=10, default="kept")
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    next_try_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    reference = models.CharField(max_length=80, blank=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["compound", "key"], name="message_key")]
        indexes = [
            models.Index(fields=["compound", "account", "-created_at", "-id"], name="message_inbox"),
            models.Index(fields=["next_try_at"], condition=models.Q(state="queued"), name="message_queue"),
            models.Index(
                fields=["compound", "id"], condition=models.Q(state__in=("todo", "failed")), name="message_in_person"
            ),
        ]

    def __str__(self):
        return f"{self.kind} {self.pk}"


class Posting(TenantModel):
    """What a body says to everybody (domain §1.4): draft → issued → taken down with a reason. What is issued is never
    edited: another corrects it. `key` names the occasion of one that is drafted by the clock."""

    kind = models.CharField(max_length=16)
    key = models.CharField(max_length=40, null=True)
    title = models.CharField(max_length=80)
    body = models.TextField()
    state = models.CharField(max_length=10, default="draft")
    by_body = models.ForeignKey(Organisation, models.PROTECT, related_name="+", db_index=False)
    corrects = TenantForeignKey("self", models.PROTECT, null=True)
    drafted_at = models.DateTimeField()
    drafted_by = models.UUIDField(null=True)
    issued_at = models.DateTimeField(null=True)
    issued_by = models.UUIDField(null=True)
    taken_down_at = models.DateTimeField(null=True)
    taken_down_reason = models.CharField(max_length=200, blank=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["compound", "key"], name="posting_key")]
        indexes = [models.Index(fields=["compound", "state", "-id"], name="posting_state")]

    def __str__(self):
        return self.title
