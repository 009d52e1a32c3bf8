"""Who holds a post by election, who is to lose it, and what was handed over."""

from django.db import models

from linli.plumbing.tenancy import AppendOnlyModel, TenantForeignKey, TenantModel

from .elections import OF_ONE, Formation, Nominee
from .selections import Selection
from .sessions import Item


class Seat(TenantModel):
    """A member, an alternate, or (`passed_over`) one who was ranked and not confirmed. `post`: kind of post he holds from `from_day`.

    `capacity`: whom he sits for; owners come from the list, the others are named by the subdistrict. `leaving_*`: what a member of
    the committee says of why the post has ended, until another confirms it.
    """

    formation = TenantForeignKey(Formation, models.PROTECT)
    place = models.PositiveSmallIntegerField()
    nominee = TenantForeignKey(Nominee, models.PROTECT, null=True)
    name = models.CharField(max_length=40)
    phone = models.CharField(max_length=20, blank=True)
    capacity = models.CharField(max_length=20)
    post = models.CharField(max_length=40, blank=True)
    post_id = models.UUIDField(null=True)
    passed_over = models.CharField(max_length=200, blank=True)
    from_day = models.DateField(null=True)
    to_day = models.DateField(null=True)
    ended_why = models.CharField(max_length=200, blank=True)
    leaving_why = models.CharField(max_length=20, blank=True)
    leaving_words = models.CharField(max_length=200, blank=True)
    leaving_at = models.DateTimeField(null=True)
    leaving_by = models.UUIDField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["compound", "formation", "place"], name="seat_place")]

    def __str__(self):
        return f"seat {self.place}"


class Recall(TenantModel):
    """A member whose removal owners vote on (`item`, matter 3). He is heard before the vote, or says himself that he will not speak.

    `defence`: what another wrote down of what he said; `own_words`: his own, from his page; `asked_*`: who told him, and how, where
    he has said nothing.
    """

    formation = TenantForeignKey(Formation, models.PROTECT)
    seat = TenantForeignKey(Seat, models.PROTECT)
    item = TenantForeignKey(Item, models.PROTECT)
    ground = models.CharField(max_length=300)
    put_at = models.DateTimeField()
    heard_at = models.DateTimeField(null=True)
    spoke = models.BooleanField(null=True)
    defence = models.CharField(max_length=1000, blank=True)
    own_at = models.DateTimeField(null=True)
    own_words = models.CharField(max_length=1000, blank=True)
    asked_at = models.DateTimeField(null=True)
    asked_how = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True)
    removed = models.BooleanField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["compound", "item"], name="recall_item")]
        indexes = [models.Index(fields=["compound", "formation"], name="recall_formation")]

    def __str__(self):
        return f"recall {self.pk}"


class HandOver(AppendOnlyModel):
    """One thing that passes from one body to another: what exactly, who gave it, who took it.

    Of a formation one row says both (`side` empty). Of a selection each side writes its own row, "gave" and then "took", with
    what is still `lacking`; what is lacking is handed over in a further `turn`.
    """

    formation = TenantForeignKey(Formation, models.PROTECT, null=True)
    selection = TenantForeignKey(Selection, models.PROTECT, null=True)
    key = models.CharField(max_length=12)
    turn = models.PositiveSmallIntegerField(default=1)
    side = models.CharField(max_length=4, blank=True)
    what = models.CharField(max_length=200)
    lacking = models.CharField(max_length=200, blank=True)
    gave = models.CharField(max_length=120, blank=True)
    took = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField()
    account_id = models.UUIDField(null=True)

    class Meta(AppendOnlyModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["compound", "formation", "key"], name="hand_over_once"),
            models.UniqueConstraint(fields=["compound", "selection", "key", "turn", "side"], name="hand_over_side"),
            models.CheckConstraint(condition=OF_ONE, name="hand_over_of_one"),
        ]

    def __str__(self):
        return f"{self.key} handed over"
