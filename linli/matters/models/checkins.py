"""Regular check-ins by stewards (M3): who sees which homes how often, when each was last seen, and what was said."""

from django.db import models

from linli.people.models import Post
from linli.places.models import Building, Home
from linli.plumbing.tenancy import AppendOnlyModel, TenantForeignKey, TenantModel


class CheckPlan(TenantModel):
    """One steward sees every home of one building, every so many days."""

    post = models.ForeignKey(Post, models.PROTECT, related_name="+", db_index=False)
    building = TenantForeignKey(Building, models.PROTECT)
    every_days = models.PositiveSmallIntegerField()
    from_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=["compound", "building"], condition=models.Q(ended_at__isnull=True), name="check_plan_building"
            )
        ]

    def __str__(self):
        return f"check plan {self.pk}"


class HomeSeen(TenantModel):
    """When a planned home was last seen: `since` that moment, or the plan's beginning where nobody ever was (`ever` False)."""

    plan = TenantForeignKey(CheckPlan, models.PROTECT)
    home = TenantForeignKey(Home, models.CASCADE)  # a line of the plan keeps no home that an import takes back
    since = models.DateTimeField()
    ever = models.BooleanField(default=False)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["compound", "plan", "home"], name="home_seen_once")]
        indexes = [models.Index(fields=["compound", "plan", "since", "id"], name="home_seen_since")]

    def __str__(self):
        return f"seen {self.since:%F}"


class CheckIn(AppendOnlyModel):
    """One visit or call; `met` False: nobody there, which does not count as seen. `needs` became the matters named there."""

    plan = TenantForeignKey(CheckPlan, models.PROTECT)
    home = TenantForeignKey(Home, models.PROTECT)
    at = models.DateTimeField()
    by = models.UUIDField(null=True)
    way = models.CharField(max_length=8)
    met = models.BooleanField()
    topics = models.JSONField(default=list)
    satisfied = models.CharField(max_length=12, blank=True)
    words = models.CharField(max_length=400, blank=True)
    needs = models.JSONField(default=list)

    class Meta(AppendOnlyModel.Meta):
        abstract = False
        indexes = [models.Index(fields=["compound", "-id"], name="check_in_recent")]

    def __str__(self):
        return f"check-in {self.pk}"


class CheckReview(AppendOnlyModel):
    """The manager read a check-in; never who made it."""

    check_in = TenantForeignKey(CheckIn, models.PROTECT)
    at = models.DateTimeField()
    by = models.UUIDField(null=True)
    words = models.CharField(max_length=200, blank=True)

    class Meta(AppendOnlyModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["compound", "check_in"], name="check_review_once")]

    def __str__(self):
        return f"review {self.pk}"
