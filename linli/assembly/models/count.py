"""The count in the open: sheets laid together, papers read twice, results signed."""

from django.db import models

from linli.plumbing.tenancy import AppendOnlyModel, TenantForeignKey, TenantModel

from .box import Leaf, Paper
from .sessions import Item, Objection, Session


class Scan(AppendOnlyModel):
    """A picture of a returned paper, sealed to the session's key before it was written."""

    session = TenantForeignKey(Session, models.PROTECT)
    paper = TenantForeignKey(Paper, models.PROTECT, null=True)
    file = models.CharField(max_length=100)
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()
    account_id = models.UUIDField(null=True)

    class Meta(AppendOnlyModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["compound", "session", "digest"], name="scan_once")]

    def __str__(self):
        return f"scan {self.pk}"


class ScanName(AppendOnlyModel):
    """Whose a scan is, written by hand where its code could not be read. Once: what was named wrongly is scanned again."""

    scan = TenantForeignKey(Scan, models.PROTECT)
    paper = TenantForeignKey(Paper, models.PROTECT)
    at = models.DateTimeField()
    account_id = models.UUIDField(null=True)

    class Meta(AppendOnlyModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["compound", "scan"], name="scan_name_once")]
        indexes = [models.Index(fields=["compound", "paper"], name="scan_name_paper")]

    def __str__(self):
        return f"name of {self.scan_id}"


class ScanBatch(TenantModel):
    """Files that were sent together: `sheets` pages in all. `waiting`: [mark, name, pages] of what is not read yet, sealed with a key
    that its sender alone carries, so that nobody here can look at it meanwhile."""

    session = TenantForeignKey(Session, models.PROTECT)
    once = models.UUIDField()
    sheets = models.PositiveSmallIntegerField()
    waiting = models.JSONField(default=list)
    at = models.DateTimeField()
    account_id = models.UUIDField()

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["compound", "once"], name="scan_batch_once")]
        indexes = [models.Index(fields=["compound", "session", "-at"], name="scan_batch_session")]

    def __str__(self):
        return f"batch of {self.sheets}"


class ScanSheet(AppendOnlyModel):
    """What became of one sheet of a batch: `filed`, `again` (one more of the same number), `unread`, or `refused` for a `reason`.

    `received`: with it the paper was taken in, too.
    """

    batch = TenantForeignKey(ScanBatch, models.PROTECT)
    place = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=120)
    became = models.CharField(max_length=8)
    reason = models.CharField(max_length=20, blank=True)
    number = models.CharField(max_length=20, blank=True)
    received = models.BooleanField(default=False)
    scan = TenantForeignKey(Scan, models.PROTECT, null=True)
    at = models.DateTimeField()

    class Meta(AppendOnlyModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["compound", "batch", "place"], name="scan_sheet_place")]

    def __str__(self):
        return f"sheet {self.place} {self.became}"


class Opened(AppendOnlyModel):
    """What a leaf says, opened when two sheets lay together and since kept by the vault alone. The key is not kept.

    `fault`: "unopened" or "changed", where it is not what was sealed, or not what the leaf commits to: evidence, and never counted.
    """

    session = TenantForeignKey(Session, models.PROTECT)
    leaf = TenantForeignKey(Leaf, models.PROTECT)
    sealed = models.BinaryField(null=True)
    fault = models.CharField(max_length=10, blank=True)
    at = models.DateTimeField()

    class Meta(AppendOnlyModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["compound", "leaf"], name="opened_once")]
        indexes = [models.Index(fields=["compound", "session", "id"], name="opened_session")]

    def __str__(self):
        return f"opened {self.leaf_id}"


class ShownScan(AppendOnlyModel):
    """A scan that was opened with the box; `file` lies in the vault, empty where it could not be opened."""

    scan = TenantForeignKey(Scan, models.PROTECT)
    file = models.CharField(max_length=100, blank=True)
    at = models.DateTimeField()

    class Meta(AppendOnlyModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["compound", "scan"], name="shown_scan_once")]

    def __str__(self):
        return f"shown {self.scan_id}"


class SheetUse(AppendOnlyModel):
    """A sheet of the key: handed to its keeper, laid open at the count, lost, or found again. Never what is on it.

    `digest` names the sheet, as keys may be made anew; `office` and `account_id` are the keeper's, `by_…` whoever handed it over, laid
    it open or said that it is lost or found. The last that was handed over holds. `turn`: which loss, of those of this place.
    """

    session = TenantForeignKey(Session, models.PROTECT)
    place = models.PositiveSmallIntegerField()
    digest = models.CharField(max_length=64, blank=True)
    act = models.CharField(max_length=10)
    office = models.CharField(max_length=12)
    account_id = models.UUIDField(null=True)
    name = models.CharField(max_length=40, blank=True)
    by_office = models.CharField(max_length=12, blank=True)
    by_account_id = models.UUIDField(null=True)
    words = models.CharField(max_length=200, blank=True)
    turn = models.PositiveSmallIntegerField(default=1)
    at = models.DateTimeField()

    class Meta(AppendOnlyModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=["compound", "session", "place", "digest", "act", "turn"],
                condition=models.Q(act__in=["laid", "lost", "found"]),
                name="sheet_ended_once",
            )
        ]
        indexes = [models.Index(fields=["compound", "session", "id"], name="sheet_use_session")]

    def __str__(self):
        return f"sheet {self.place} {self.act}"


class Reading(TenantModel):
    """What one clerk read on a returned paper. Two of different clerks that agree settle it; `choices` lie sealed by the vault.

    From turn 3 on both have seen the two first ones, and look again. `settled`: this reading is the one that was counted.
    """

    session = TenantForeignKey(Session, models.PROTECT)
    paper = TenantForeignKey(Paper, models.PROTECT)
    turn = models.PositiveSmallIntegerField()
    account_id = models.UUIDField()
    choices = models.BinaryField()
    valid = models.BooleanField(default=True)
    reason = models.CharField(max_length=30, blank=True)
    settled = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["compound", "paper", "turn"], name="reading_turn"),
            models.UniqueConstraint(
                fields=["compound", "paper", "account_id"], condition=models.Q(turn__lte=2), name="reading_clerk"
            ),
        ]
        indexes = [models.Index(fields=["compound", "session", "id"], name="reading_session")]

    def __str__(self):
        return f"reading {self.turn}"


class LookAgain(AppendOnlyModel):
    """A settled paper that a recount has read once more, and why: readings after `turn` decide."""

    paper = TenantForeignKey(Paper, models.PROTECT)
    turn = models.PositiveSmallIntegerField()
    words = models.CharField(max_length=200)
    account_id = models.UUIDField()
    at = models.DateTimeField()

    class Meta(AppendOnlyModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["compound", "paper", "turn"], name="look_again_once")]

    def __str__(self):
        return f"look again {self.paper_id}"


class Voiding(AppendOnlyModel):
    """At a recount chair or scrutineer says why an online ballot is no vote, by which upheld objection. Two of them who say the same
    put a leaf into the log that voids it; the ballot's own leaf stays. `turn`: of the count that is looked at again."""

    session = TenantForeignKey(Session, models.PROTECT)
    turn = models.PositiveSmallIntegerField(default=0)
    leaf = TenantForeignKey(Leaf, models.PROTECT)
    objection = TenantForeignKey(Objection, models.PROTECT)
    reason = models.CharField(max_length=20)
    words = models.CharField(max_length=200)
    office = models.CharField(max_length=12)
    account_id = models.UUIDField()
    at = models.DateTimeField()

    class Meta(AppendOnlyModel.Meta):
        abstract = False
        indexes = [models.Index(fields=["compound", "leaf", "id"], name="voiding_leaf")]

    def __str__(self):
        return f"voiding {self.reason}"


class Outcome(AppendOnlyModel):
    """What the count gave for an item, as `result.schema.json` describes. A recount is a new row; the last holds.

    `listed`: what is said of single ballots, by their numbers alone: [{ballot, code, words}].
    """

    item = TenantForeignKey(Item, models.PROTECT)
    turn = models.PositiveSmallIntegerField(default=1)
    result = models.CharField(max_length=16)
    found = models.JSONField()
    listed = models.JSONField(default=list)
    sheet = models.TextField()
    at = models.DateTimeField()

    class Meta(AppendOnlyModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["compound", "item", "turn"], name="outcome_turn")]

    def __str__(self):
        return f"{self.result} {self.turn}"


class Lots(AppendOnlyModel):
    """Lots drawn in public where candidates tied: their codes in the order drawn, who drew, before whom."""

    item = TenantForeignKey(Item, models.PROTECT)
    order = models.JSONField()
    drawn_by = models.CharField(max_length=40)
    witnesses = models.JSONField(default=list)
    words = models.CharField(max_length=200, blank=True)
    account_id = models.UUIDField()
    at = models.DateTimeField()

    class Meta(AppendOnlyModel.Meta):
        abstract = False
        indexes = [models.Index(fields=["compound", "item", "at"], name="lots_item")]

    def __str__(self):
        return f"lots {self.pk}"


class OfficialResult(AppendOnlyModel):
    """What the city's own voting system found, with its document sealed in the vault: it decides where its use is ordered.

    `election`: of an election, in the words of `found["election"]` of an `Outcome`."""

    item = TenantForeignKey(Item, models.PROTECT)
    result = models.CharField(max_length=16)
    figures = models.JSONField(default=dict)
    election = models.JSONField(null=True)
    name = models.CharField(max_length=120)
    digest = models.CharField(max_length=64)
    file = models.CharField(max_length=100)
    account_id = models.UUIDField()
    at = models.DateTimeField()

    class Meta(AppendOnlyModel.Meta):
        abstract = False
        indexes = [models.Index(fields=["compound", "item", "at"], name="official_item")]

    def __str__(self):
        return f"official {self.result}"


class CountSignature(AppendOnlyModel):
    """A teller's, scrutineer's, observer's or the chair's name under the count."""

    session = TenantForeignKey(Session, models.PROTECT)
    turn = models.PositiveSmallIntegerField(default=1)
    office = models.CharField(max_length=12)
    account_id = models.UUIDField()
    name = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta(AppendOnlyModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["compound", "session", "turn", "office", "account_id"], name="count_signed")
        ]

    def __str__(self):
        return f"{self.office} signed"


class Bulletin(AppendOnlyModel):
    """The two files of a counted vote; `file` lies in the vault. `kind`: public or inspection."""

    session = TenantForeignKey(Session, models.PROTECT)
    turn = models.PositiveSmallIntegerField(default=1)
    kind = models.CharField(max_length=12)
    digest = models.CharField(max_length=64)
    file = models.CharField(max_length=100)
    at = models.DateTimeField()

    class Meta(AppendOnlyModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["compound", "session", "turn", "kind"], name="bulletin_once")]

    def __str__(self):
        return f"{self.kind} bulletin"
