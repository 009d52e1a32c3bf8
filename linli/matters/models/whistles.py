from django.db import models

from linli.people.models import Organisation
from linli.plumbing.tenancy import AppendOnlyModel, TenantForeignKey, TenantModel

from .matter import Attachment, Matter


class Whistle(TenantModel):
    """A call to the next level up (哨单). `level`: to whom; `turn`: approver, blower, receiver or nobody.

    `parent` is the whistle that this one takes further up.
    """

    number = models.PositiveIntegerField()
    level = models.CharField(max_length=12)
    state = models.CharField(max_length=12)
    open = models.BooleanField(default=True)
    urgency = models.CharField(max_length=8, default="normal")
    cause = models.CharField(max_length=12)

    title = models.CharField(max_length=80)
    facts = models.TextField()
    figures = models.CharField(max_length=400, blank=True)
    affected = models.PositiveIntegerField(null=True)
    basis = models.CharField(max_length=200, blank=True)
    done_below = models.CharField(max_length=400)

    drafted_body = models.ForeignKey(Organisation, models.PROTECT, related_name="+", db_index=False)
    drafted_by = models.UUIDField(null=True)
    drafted_at = models.DateTimeField()
    sent_back = models.CharField(max_length=400, blank=True)
    approved_by = models.UUIDField(null=True)
    approved_at = models.DateTimeField(null=True)
    blown_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closing_words = models.CharField(max_length=400, blank=True)
    parent = TenantForeignKey("self", models.PROTECT, null=True, related_name="+")

    turn = models.CharField(max_length=10)
    turn_since = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    late = models.BooleanField(default=False)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["compound", "number"], name="whistle_number")]
        indexes = [models.Index(fields=["compound", "open", "turn", "-id"], name="whistle_turn")]

    def __str__(self):
        return str(self.number)


class WhistleMatter(TenantModel):
    whistle = TenantForeignKey(Whistle, models.PROTECT)
    matter = TenantForeignKey(Matter, models.PROTECT)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["compound", "whistle", "matter"], name="whistle_matter")]
        indexes = [models.Index(fields=["compound", "matter"], name="whistle_of_matter")]

    def __str__(self):
        return f"{self.whistle_id} {self.matter_id}"


class Ask(TenantModel):
    """What one body is asked to do, and how far it is. Its running promise lives in `clock` to `next_at`.

    `breaches`: promises not kept in time, of this body or, by `promises.BLOWERS`, of who blew.
    `decided`: the subdistrict said that it is this body's. `link_serial` is in every link sent to a liaison: raising it makes all earlier ones worthless.
    """

    whistle = TenantForeignKey(Whistle, models.PROTECT)
    place = models.PositiveSmallIntegerField()
    body = models.ForeignKey(Organisation, models.PROTECT, related_name="+", db_index=False)
    words = models.CharField(max_length=400)
    step = models.CharField(max_length=16)
    passed_from = TenantForeignKey("self", models.PROTECT, null=True, related_name="+")
    declines = models.PositiveSmallIntegerField(default=0)
    decided = models.BooleanField(default=False)

    officer = models.CharField(max_length=40, blank=True)
    officer_phone = models.CharField(max_length=20, blank=True)
    way = models.CharField(max_length=10, blank=True)
    arrives_at = models.DateTimeField(null=True)
    blown_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(null=True)
    reported_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=400, blank=True)
    proper = models.CharField(max_length=60, blank=True)
    answer = models.CharField(max_length=1000, blank=True)
    redone = models.PositiveSmallIntegerField(default=0)

    response = models.CharField(max_length=8, blank=True)
    quality = models.CharField(max_length=8, blank=True)
    back_response = models.CharField(max_length=8, blank=True)
    back_quality = models.CharField(max_length=8, blank=True)

    clock = models.CharField(max_length=10, blank=True)
    clock_from = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    promised_at = models.DateTimeField(null=True)
    stage = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    listed_at = models.DateTimeField(null=True)
    breaches = models.JSONField(default=list)

    link_serial = models.PositiveIntegerField(default=0)
    link_until = models.DateTimeField(null=True)
    link_phone = models.CharField(max_length=20, blank=True)
    site = models.CharField(max_length=120, blank=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["compound", "whistle", "place"], name="ask_place")]
        indexes = [
            models.Index(fields=["compound", "body", "-id"], name="ask_body"),
            models.Index(fields=["next_at"], condition=models.Q(next_at__isnull=False), name="ask_next"),
            models.Index(
                fields=["compound", "listed_at", "id"],
                condition=models.Q(listed_at__isnull=False),
                name="ask_listed",
            ),
        ]

    def __str__(self):
        return f"{self.body_id} {self.step}"


class WhistleFile(TenantModel):
    """A picture or paper of a whistle: taken from a matter (`attachment`), brought by an agency with its `ask`, proof of an entry
    of money (`funding_entry`), or else the drafters' own."""

    whistle = TenantForeignKey(Whistle, models.PROTECT)
    ask = TenantForeignKey(Ask, models.PROTECT, null=True)
    attachment = TenantForeignKey(Attachment, models.PROTECT, null=True)
    funding_entry = TenantForeignKey("FundingEntry", models.PROTECT, null=True)
    entry_id = models.UUIDField(null=True)
    kind = models.CharField(max_length=8)
    name = models.CharField(max_length=120, blank=True)
    small = models.CharField(max_length=100, blank=True)
    thumb = models.CharField(max_length=100, blank=True)
    sealed = models.CharField(max_length=100, blank=True)
    digest = models.CharField(max_length=64)
    added_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=["compound", "whistle", "digest"],
                condition=models.Q(funding_entry__isnull=True),
                name="whistle_file",
            ),
            models.UniqueConstraint(
                fields=["compound", "funding_entry", "digest"],
                condition=models.Q(funding_entry__isnull=False),
                name="funding_file",
            ),
        ]

    def __str__(self):
        return f"{self.kind} {self.pk}"


class Consultation(TenantModel):
    """A joint consultation (会商): called for a time and place, then held, with minutes and who was there, or called off.

    `attendance`: [{"body": …, "name": …}].
    """

    whistle = TenantForeignKey(Whistle, models.PROTECT)
    place_no = models.PositiveSmallIntegerField()
    planned_at = models.DateTimeField(null=True)
    place = models.CharField(max_length=80, blank=True)
    off_at = models.DateTimeField(null=True)
    held_at = models.DateTimeField(null=True)
    minutes = models.TextField(blank=True)
    attendance = models.JSONField(default=list)
    written_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["compound", "whistle", "place_no"], name="consultation_place")]

    def __str__(self):
        return f"consultation {self.pk}"


class MinutesSignature(AppendOnlyModel):
    """Who was at a consultation says that the minutes are right, or in words that they are not. Of one person the last holds."""

    consultation = TenantForeignKey(Consultation, models.PROTECT)
    # As long as a line of the minutes could be before it was held to 80 and 40.
    body = models.CharField(max_length=1000)
    name = models.CharField(max_length=1000)
    agrees = models.BooleanField()
    words = models.CharField(max_length=400, blank=True)
    at = models.DateTimeField()

    class Meta(AppendOnlyModel.Meta):
        abstract = False
        indexes = [models.Index(fields=["compound", "consultation", "id"], name="minutes_signature")]

    def __str__(self):
        return f"{self.consultation_id} {self.agrees}"


class WhistleTask(AppendOnlyModel):
    """What one agency leads or assists in, and by when. A change is a new row; the last of an ask holds."""

    whistle = TenantForeignKey(Whistle, models.PROTECT)
    ask = TenantForeignKey(Ask, models.PROTECT)
    lead = models.BooleanField()
    words = models.CharField(max_length=400)
    due_on = models.DateField()
    given_at = models.DateTimeField()

    class Meta(AppendOnlyModel.Meta):
        abstract = False
        indexes = [models.Index(fields=["compound", "whistle", "id"], name="whistle_task")]

    def __str__(self):
        return f"{'lead' if self.lead else 'assist'} {self.due_on}"


class FundingRequest(TenantModel):
    """Money held by somebody else (domain M40), asked for under a whistle. Sums in fen, kept from the entries."""

    whistle = TenantForeignKey(Whistle, models.PROTECT)
    liable = models.CharField(max_length=80)
    why = models.CharField(max_length=200)
    court = models.CharField(max_length=60, blank=True)
    case_no = models.CharField(max_length=60, blank=True)
    frozen_fen = models.PositiveBigIntegerField(null=True)
    asked_fen = models.PositiveBigIntegerField()
    basis = models.CharField(max_length=200, blank=True)
    granted_fen = models.PositiveBigIntegerField(default=0)
    released_fen = models.PositiveBigIntegerField(default=0)
    spent_fen = models.PositiveBigIntegerField(default=0)
    decision = models.CharField(max_length=8, blank=True)
    accepted_on = models.DateField(null=True)
    asked_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["compound", "whistle"], name="funding_whistle")]

    def __str__(self):
        return f"funding {self.pk}"


class FundingEntry(AppendOnlyModel):
    """One thing that happened with the request, on its day. A wrong one is corrected by a new one that points to it."""

    funding = TenantForeignKey(FundingRequest, models.PROTECT)
    kind = models.CharField(max_length=10)
    day = models.DateField()
    fen = models.PositiveBigIntegerField(null=True)
    decision = models.CharField(max_length=8, blank=True)
    payee = models.CharField(max_length=80, blank=True)
    paper = models.CharField(max_length=120, blank=True)
    words = models.CharField(max_length=400, blank=True)
    corrects = TenantForeignKey("self", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta(AppendOnlyModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=["compound", "corrects"], condition=models.Q(corrects__isnull=False), name="funding_corrects"
            )
        ]
        indexes = [models.Index(fields=["compound", "funding", "id"], name="funding_entry")]

    def __str__(self):
        return f"{self.kind} {self.day}"
