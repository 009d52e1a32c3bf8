from django.db import models

from linli.people.models import Account, Organisation, Person, Post
from linli.places.models import Building, Entrance, Home
from linli.plumbing.tenancy import TenantForeignKey, TenantModel

from ..rules.states import piece_of_work


class Matter(TenantModel):
    """What somebody raised. `leg` counts its lives: a closed one reopened keeps its number with a suffix.

    `visit_ticket` is its place in the draw of return visits, drawn once; `visit_due_at` while a visit is owed, or after it
    that it is filed; `visit_stage`: who was told that it was not kept, as of a clock.
    `hotline`: how many orders of the hotline are about it; `caller_secret`: a caller of one asked for secrecy.

    `turn` is whose turn it is (property, committee, community, agency, reporter, nobody); `cost_fen` in 0.01 yuan;
    `beside` names the tables that hold a row more for it (help, alert, rapid, gate, plan, chat).
    `public_title` is written from the words, for neighbours; outside the compound it is read once the desk has put it so, at
    `titled_at` (`rules.publicity.public_name`).
    `asked`: the last question to the reporter, until the reporter answers.
    `forgotten_at`: since when it is nobody's any more (`services.forgetting`).
    `gate`: what is planned and must be decided first, with a "!" where the decision was no, a "+" where it was yes and papers are missing
    (`rules.gates.shown`).
    """

    number = models.PositiveIntegerField()
    leg = models.PositiveSmallIntegerField(default=1)
    once = models.UUIDField(null=True)
    source = models.CharField(max_length=20)
    source_ref = models.CharField(max_length=80, null=True)

    words = models.TextField()
    title = models.CharField(max_length=80)
    public_title = models.CharField(max_length=80, blank=True)
    titled_at = models.DateTimeField(null=True)
    building = TenantForeignKey(Building, models.PROTECT, null=True)
    entrance = TenantForeignKey(Entrance, models.PROTECT, null=True)
    home = TenantForeignKey(Home, models.PROTECT, null=True)
    place = models.CharField(max_length=80, blank=True)

    reporter_account = models.ForeignKey(Account, models.PROTECT, null=True, db_index=False)
    reporter_person = TenantForeignKey(Person, models.PROTECT, null=True)
    reporter_name = models.CharField(max_length=40, blank=True)
    reporter_phone = models.CharField(max_length=20, blank=True)

    state = models.CharField(max_length=12)
    open = models.BooleanField(default=True)
    category = models.CharField(max_length=8, blank=True)
    urgency = models.CharField(max_length=12, blank=True)
    privacy = models.CharField(max_length=10, default="normal")
    hazard = models.BooleanField(default=False)
    level_entry = models.CharField(max_length=10, blank=True)
    level = models.CharField(max_length=10, blank=True)
    level_settled = models.CharField(max_length=10, blank=True)

    first_receiver = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+", db_index=False)
    handler_body = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+", db_index=False)
    handler_post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+", db_index=False)
    proposed_body = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+", db_index=False)
    desk = models.CharField(max_length=10, default="community")
    turn = models.CharField(max_length=10)
    turn_since = models.DateTimeField()

    due_at = models.DateTimeField(null=True)
    next_due_at = models.DateTimeField(null=True)
    next_clock = models.CharField(max_length=12, blank=True)
    overdue = models.BooleanField(default=False)
    listed_at = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    pause_reason = models.CharField(max_length=12, blank=True)
    review_at = models.DateTimeField(null=True)

    reported_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    triaged_at = models.DateTimeField(null=True)
    dispatched_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    arrived_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    outcome = models.CharField(max_length=16, blank=True)
    done_words = models.CharField(max_length=400, blank=True)
    cost_fen = models.PositiveBigIntegerField(null=True)
    paid_by = models.CharField(max_length=40, blank=True)
    rating = models.CharField(max_length=12, blank=True)
    hotline = models.PositiveSmallIntegerField(default=0)
    caller_secret = models.BooleanField(default=False)
    visit_wanted = models.BooleanField(default=False)
    visit_ticket = models.PositiveIntegerField(null=True)
    visit_due_at = models.DateTimeField(null=True)
    visit_stage = models.PositiveSmallIntegerField(default=0)

    returns = models.PositiveSmallIntegerField(default=0)
    reopens = models.PositiveSmallIntegerField(default=0)
    urges = models.PositiveSmallIntegerField(default=0)
    voices = models.PositiveIntegerField(default=1)
    merged_into = TenantForeignKey("self", models.PROTECT, null=True)
    order = TenantForeignKey("matters.Order", models.PROTECT, null=True, related_name="+")
    photo_before = models.CharField(max_length=100, blank=True)
    photo_after = models.CharField(max_length=100, blank=True)
    beside = models.CharField(max_length=40, blank=True)
    gate = models.CharField(max_length=20, blank=True)
    asked = models.TextField(blank=True)
    forgotten_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["compound", "number"], name="matter_number"),
            models.UniqueConstraint(fields=["compound", "once"], name="matter_once"),
            models.UniqueConstraint(
                fields=["compound", "source", "source_ref"],
                condition=models.Q(source_ref__isnull=False),
                name="matter_source_ref",
            ),
        ]
        indexes = [
            models.Index(fields=["compound", "open", "next_due_at", "id"], name="matter_open_due"),
            models.Index(fields=["compound", "open", "category", "next_due_at"], name="matter_category"),
            models.Index(fields=["compound", "open", "turn", "next_due_at"], name="matter_turn"),
            models.Index(fields=["compound", "open", "building", "next_due_at"], name="matter_building"),
            models.Index(fields=["compound", "state", "next_due_at"], name="matter_state"),
            # Partial: with one more whole index SQLite begins a resident's list at the compound's matters.
            models.Index(
                fields=["compound", "open", "next_due_at"],
                condition=models.Q(urgency="emergency"),
                name="matter_emergency",
            ),
            models.Index(fields=["compound", "category", "-number"], name="matter_category_number"),
            models.Index(fields=["compound", "building", "-number"], name="matter_building_number"),
            models.Index(
                fields=["compound", "handler_post", "open", "next_due_at"],
                condition=models.Q(handler_post__isnull=False),
                name="matter_handler",
            ),
            models.Index(
                fields=["compound", "outcome", "-closed_at"],
                condition=models.Q(closed_at__isnull=False),
                name="matter_closed",
            ),
            models.Index(
                fields=["compound", "home", "open"], condition=models.Q(home__isnull=False), name="matter_home"
            ),
            models.Index(
                fields=["compound", "visit_due_at", "id"],
                condition=models.Q(visit_due_at__isnull=False),
                name="matter_visit_due",
            ),
            models.Index(
                fields=["compound", "listed_at", "id"],
                condition=models.Q(listed_at__isnull=False),
                name="matter_listed",
            ),
            models.Index(
                fields=["compound", "closed_at"],
                condition=models.Q(closed_at__isnull=False, forgotten_at__isnull=True),
                name="matter_forget",
            ),
            models.Index(fields=["review_at"], condition=models.Q(review_at__isnull=False), name="matter_review"),
        ]

    def __str__(self):
        return self.label

    @property
    def label(self) -> str:
        """第 0319 号 as people say it; a life after closing carries a suffix."""
        return f"{self.number:04d}" + (f"-{self.leg}" if self.leg > 1 else "")

    @property
    def piece(self) -> str:
        return piece_of_work(self.leg, self.dispatched_at)


class Follower(TenantModel):
    """Somebody who hears what happens: the reporter, one who said "me too", a follower.

    `origin` is the merged matter the person reported; on a merge they move to the main one and come back on an undo.
    """

    matter = TenantForeignKey(Matter, models.PROTECT)
    account = models.ForeignKey(Account, models.PROTECT, null=True, db_index=False)
    person = TenantForeignKey(Person, models.PROTECT, null=True)
    name = models.CharField(max_length=40, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    kind = models.CharField(max_length=10)
    origin = TenantForeignKey(Matter, models.PROTECT, null=True, related_name="+")
    since = models.DateTimeField()
    reported_at = models.DateTimeField(null=True)
    left_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=["compound", "matter", "account", "person"],
                condition=models.Q(left_at__isnull=True),
                name="follower_once",
            ),
        ]
        indexes = [
            models.Index(fields=["compound", "account", "-id"], name="follower_account"),
            models.Index(fields=["compound", "matter"], name="follower_matter"),
            models.Index(
                fields=["compound", "person"], condition=models.Q(account__isnull=True), name="follower_person"
            ),
        ]

    def __str__(self):
        return f"{self.kind} {self.pk}"


class Clock(TenantModel):
    """One promise of time on one leg of a matter. `next_at` is the next moment at which something is due to happen."""

    matter = TenantForeignKey(Matter, models.PROTECT)
    leg = models.PositiveSmallIntegerField(default=1)
    round = models.PositiveSmallIntegerField(default=1)
    kind = models.CharField(max_length=12)
    urgency = models.CharField(max_length=12)
    body = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+", db_index=False)
    post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+", db_index=False)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    stage = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    breached_at = models.DateTimeField(null=True)
    extended_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["compound", "matter", "leg", "round", "kind"], name="clock_kind")
        ]
        indexes = [models.Index(fields=["next_at"], condition=models.Q(next_at__isnull=False), name="clock_next")]

    def __str__(self):
        return f"{self.kind} {self.due_at:%F %R}"


class Attachment(TenantModel):
    """A photo or voice note of a matter. `small` and `thumb` are shown; the original stays sealed."""

    matter = TenantForeignKey(Matter, models.PROTECT)
    entry_id = models.UUIDField(null=True)
    kind = models.CharField(max_length=8)
    phase = models.CharField(max_length=8, default="before")
    small = models.CharField(max_length=100)
    thumb = models.CharField(max_length=100, blank=True)
    sealed = models.CharField(max_length=100)
    digest = models.CharField(max_length=64)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    seconds = models.PositiveIntegerField(default=0)
    internal = models.BooleanField(default=False)
    hidden_at = models.DateTimeField(null=True)
    added_at = models.DateTimeField()
    added_by = models.UUIDField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        indexes = [models.Index(fields=["compound", "matter", "id"], name="attachment_matter")]

    def __str__(self):
        return f"{self.kind} {self.pk}"


class Merge(TenantModel):
    """One matter joined to another; undoing it writes when and why, and gives everybody back."""

    source = TenantForeignKey(Matter, models.PROTECT, related_name="+")
    target = TenantForeignKey(Matter, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    by = models.UUIDField(null=True)
    state_before = models.CharField(max_length=12)
    undone_at = models.DateTimeField(null=True)
    undone_reason = models.CharField(max_length=200, blank=True)

    class Meta(TenantModel.Meta):
        abstract = False
        indexes = [
            models.Index(fields=["compound", "source", "at"], name="merge_source"),
            models.Index(fields=["compound", "target", "at"], name="merge_target"),
        ]

    def __str__(self):
        return f"merge {self.pk}"


class ReturnVisit(TenantModel):
    """Somebody other than the handler asked the reporter. `contacted`: reached; then the four questions: `called` (were
    they called about it), `solved`, `satisfied`, `comment`. `order`: the caller of this order of the hotline was asked; none: the reporter."""

    matter = TenantForeignKey(Matter, models.PROTECT)
    order = TenantForeignKey("matters.HotlineOrder", models.PROTECT, null=True)
    leg = models.PositiveSmallIntegerField(default=1)
    at = models.DateTimeField()
    visitor = models.UUIDField(null=True)
    visitor_post = models.UUIDField(null=True)
    way = models.CharField(max_length=12)
    contacted = models.BooleanField()
    called = models.CharField(max_length=3, blank=True)
    solved = models.CharField(max_length=10, blank=True)
    satisfied = models.CharField(max_length=12, blank=True)
    comment = models.CharField(max_length=400, blank=True)

    class Meta(TenantModel.Meta):
        abstract = False
        indexes = [models.Index(fields=["compound", "matter", "at"], name="visit_matter")]

    def __str__(self):
        return f"visit {self.pk}"
