"""The clock's way in: fetch what is due, call one service for each."""

from datetime import datetime, timedelta

from django.utils import timezone

from linli.plumbing.batches import each
from linli.plumbing.counters import forget

from .queries.advice import due as due_learning
from .queries.alerts import due_alerts, left_lists
from .queries.checkins import behind
from .queries.due import (
    due_batches,
    due_clocks,
    due_forgetting,
    due_gates,
    due_hotline,
    due_lists,
    due_orders,
    due_reviews,
    due_visits,
    quiet_since,
    terms_over,
)
from .queries.hot import due as due_hot
from .queries.whistles import due_asks
from .rules.turns import DAY
from .services import advice, alerts, checkins, clocks, deciding, forgetting, handing, hot, hotline, orders, visiting
from .services.whistles import clock as whistles

DAYS_KEPT = timedelta(days=7)


def run_clocks(at: datetime) -> int:
    """How many clocks warned or were breached."""
    return each("clocks", due_clocks(at), lambda pk, home: clocks.tick(clock_id=pk, compound_id=home, at=at))


def run_visits(at: datetime) -> int:
    """How many visits, or filings after them, were not made in time."""
    return each("visits", due_visits(at), lambda pk, home: visiting.tick(matter_id=pk, compound_id=home, at=at))


def run_orders(at: datetime) -> int:
    return each("orders", due_orders(at), lambda pk, home: orders.tick(order_id=pk, compound_id=home, at=at))


def run_gates(at: datetime) -> int:
    """Of the decisions that are waited for, how many bodies were reminded."""
    return each("gates", due_gates(at), lambda pk, home: deciding.remind(gate_id=pk, compound_id=home, at=at))


def run_hotline(at: datetime) -> int:
    """The hotline's own clocks, beside ours."""
    return each("hotline", due_hotline(at), lambda pk, home: hotline.tick(order_id=pk, compound_id=home, at=at))


def forget_people(at: datetime) -> int:
    """Of how many matters and batch cases of long ago nobody is named any more."""
    matters = each(
        "people", due_forgetting(at), lambda pk, home: forgetting.forget(matter_id=pk, compound_id=home, at=at)
    )
    return matters + each(
        "homes of batches", due_batches(at),
        lambda pk, home: forgetting.forget_batch(batch_id=pk, compound_id=home, at=at),
    )  # fmt: skip


def forget_callers(at: datetime) -> int:
    """Of those who are kept for a time: callers of the hotline, in lists that nobody decided about too, and whom a home took off
    its list of contacts, or who is on one of somebody who sold or moved out."""
    lists = each("hotline lists", due_lists(at), lambda pk, home: hotline.lapse(batch_id=pk, compound_id=home, at=at))
    left = each("contacts", left_lists(), lambda pk, home: alerts.end_left(home_id=pk, compound_id=home, at=at))
    return hotline.forget_callers(at) + lists + left + alerts.forget_contacts(at)


def reach_contacts(at: datetime) -> int:
    """Of the alerts that nobody answered, how many were put to the next contact."""
    return each("alerts", due_alerts(at), lambda pk, home: alerts.ask_next(alert_id=pk, compound_id=home, at=at))


def follow_homes(at: datetime) -> int:
    """In how many plans of check-ins homes came or went."""
    return each("homes", behind(), lambda pk, home: checkins.follow_homes(plan_id=pk, compound_id=home, at=at))


def run_whistles(at: datetime) -> int:
    """How many promises of agencies warned or were broken."""
    return each("whistles", due_asks(at), lambda pk, home: whistles.tick(ask_id=pk, compound_id=home, at=at))


def resume_suspended(at: datetime) -> int:
    return each(
        "reviews", due_reviews(at), lambda pk, home: clocks.resume_when_due(matter_id=pk, compound_id=home, at=at)
    )


def close_unvisited(at: datetime) -> int:
    return each(
        "quiet", quiet_since(at), lambda pk, home: clocks.close_unanswered(matter_id=pk, compound_id=home, at=at)
    )


def give_back(at: datetime) -> int:
    """Of how many posts whose term ran out what they had by name became their body's again."""
    return each("handlers", terms_over(at), lambda pk, home: handing.term_over(post_id=pk, at=at))


def forget_days(at: datetime) -> int:
    """Counts that were of use on one day."""
    return forget(DAY, before=f"{DAY}{timezone.localdate(at) - DAYS_KEPT:%Y-%m-%d}")


def learn(at: datetime) -> int:
    """In how many compounds the desk's decisions taught something new."""
    return each("learn", due_learning(at), lambda pk, home: advice.learn(compound_id=home, at=at))


def work_out_hot(at: datetime) -> int:
    """In how many compounds it was worked out anew what many people raise."""
    return each("hot", due_hot(at), lambda pk, home: hot.work_out(compound_id=home, at=at))
