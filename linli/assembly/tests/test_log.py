"""The log as the database holds it: one leaf after another, each receipt holding, nothing readable before two sheets lie together."""

import json
from datetime import timedelta

import pytest
from django.db import transaction

from linli.assembly.models import Leaf
from linli.assembly.services import log
from linli.assembly.tests import makers
from linli.kernel import receipts, shares
from linli.kernel.merkle import root_of
from linli.matters.tests.makers import NOW

CHOICE = {"choices": {"1": "approve"}, "home": "9-1-0001", "channel": "online"}


@pytest.fixture
def vote(place, chair):
    return makers.vote(place, (9_000, 8_000, 7_000), by=chair)


def cast(vote, n, minutes=0, kind=receipts.Leaf.CAST):
    with transaction.atomic():
        box = log.locked(vote.session)
        return log.append(
            box, vote.session, kind=kind, ballot=f"A{n}", opening=CHOICE, channel="online", at=NOW + timedelta(minutes=minutes)
        )  # fmt: skip


def test_each_receipt_holds_and_the_last_head_covers_all(vote):
    made = [cast(vote, n, n) for n in range(5)]
    assert [leaf.index for leaf in made] == [0, 1, 2, 3, 4]
    assert all(receipts.holds(leaf.receipt) for leaf in made)
    digests = [receipts.leaf_digest(leaf.receipt["leaf"]) for leaf in made]
    assert made[-1].receipt["head"]["root"] == root_of(digests).hex()


def test_no_row_says_a_choice(vote):
    cast(vote, 1)
    leaf = Leaf.objects.filter(compound_id=vote.session.compound_id).values().get()
    assert b"approve" not in bytes(leaf["sealed"])
    assert "approve" not in json.dumps({k: str(v) for k, v in leaf.items() if k != "sealed"})


def test_two_sheets_open_it_and_it_is_what_was_committed_to(vote):
    leaf = cast(vote, 1)
    opener = shares.Opener((vote.sheets[0], vote.sheets[2]), vote.session.pk.hex, vote.session.seal_key)
    opening = json.loads(
        opener.open(bytes(leaf.sealed), log.about(vote.session, leaf.ballot, receipts.Leaf(leaf.kind)))
    )
    assert opening["choices"] == {"1": "approve"}
    assert receipts.commitment(opening) == leaf.commitment


def test_a_leaf_that_was_not_kept_leaves_the_log_alone(vote):
    cast(vote, 1)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        log.append(
            log.locked(vote.session), vote.session, kind=receipts.Leaf.CAST, ballot="A2", opening=CHOICE, channel="online", at=NOW
        )  # fmt: skip
        raise ZeroDivisionError
    assert cast(vote, 3).index == 1
