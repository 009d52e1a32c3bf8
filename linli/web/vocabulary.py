"""The words that no `_()` marks: labels and refusals of pure rules, which know no framework. `bin/words` collects them."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from linli.assembly import words as votes
from linli.assembly.rules import afterwards, casting, counting, dates, filing, printed, returning, sessions
from linli.assembly.rules import delivery as deliveries
from linli.assembly.rules import selections as choosing
from linli.assembly.rules import sheets as key_sheets
from linli.assembly.rules.elections import candidates, nominees, office
from linli.assembly.rules.elections import forms as ticks
from linli.assembly.rules.elections import prints as election_prints
from linli.assembly.rules.elections import seats as seating
from linli.assembly.rules.elections import states as forming
from linli.assembly.words import casting as checks
from linli.councils.rules import meetings, seals, standards
from linli.councils.rules import talks as councils
from linli.kernel import bodies
from linli.kernel.agencies import AGENCIES
from linli.kernel.profiles import UNWRITTEN, profiles
from linli.kernel.rosters.headers import FIELD_LABELS
from linli.kernel.tally import thresholds
from linli.matters.queries import public, register
from linli.matters.queries.batches.homes import LEGEND
from linli.matters.rules import (
    alerts,
    batches,
    categories,
    checkins,
    funding,
    gates,
    help,
    orders,
    plans,
    promises,
    states,
    times,
    turns,
    whistles,
)
from linli.matters.services.batches import outgoing as batch_lists
from linli.people.words import imports as columns
from linli.plumbing import moments
from linli.volunteers import rules as calls
from linli.volunteers.rules import representatives

HERE = Path(__file__).resolve().parents[1]
CHINESE = re.compile(r"[\u4e00-\u9fff]")
MADE = {"Refusal": slice(1, 3), "Note": slice(0, 1)}  # which arguments are words
TABLES: tuple[Mapping[Any, str], ...] = (
    states.DECLINE_REASONS, states.CONTACTS, states.PAUSE_REASONS, states.OUTCOMES, states.RATINGS, states.SOLVED, states.NEEDS, orders.NEEDS,
    times.URGENCIES, times.CLOCKS, turns.PARTIES, turns.LEVELS, turns.LEVEL_NAMES,
    whistles.URGENCIES, whistles.CAUSES, whistles.LEVELS, whistles.WAYS, whistles.SCORES, whistles.STATES, whistles.STEPS, whistles.SIGNS, whistles.NEEDS,
    promises.CLOCKS, whistles.WHOSE, funding.MONEY, funding.DECISIONS,
    calls.KINDS, calls.WINDOWS, calls.RISKS, calls.PAYERS, representatives.KINDS, representatives.FORCES, representatives.MOTTO, councils.STATES,
    meetings.STATES, meetings.KINDS, meetings.CHOICES, meetings.RESULTS, bodies.RESERVED, seals.STATES, seals.SEALS, seals.PAPERS, standards.EVERY, standards.STAGES,
    FIELD_LABELS, columns.WORDS, columns.VALUES, batches.STATES, batches.MOVES, batches.NEEDS, batches.REASON_LABELS, batches.GIVERS,
    plans.KINDS, plans.DIRECTIONS, plans.VOICES, *plans.STEPS.values(),
    gates.PLANNED, gates.LINES, gates.WAITS, gates.UNDECIDED, gates.RESULTS, gates.BODIES,
    gates.PAPER_NAMES, gates.PAPER_SOURCES, gates.WAITS_PAPERS, gates.VERDICTS, *gates.VERDICTS_OF.values(),
    help.DOERS, help.STATES, help.PAYERS, checkins.TOPICS, checkins.WAYS,
    votes.RESULTS, votes.FOLLOWS, votes.FIGURES, votes.STEPS, votes.MEASURED, votes.NEEDS, votes.PRINTS, thresholds.MATTERS,
    counting.LISTED, counting.VOID_ARTICLES, casting.CHOICES, casting.FOLLOWS, checks.VERDICTS, checks.VERDICT_NOTES,
    checks.HANDED_IN, counting.OBJECTION_CHOICES,
    returning.BECAME, returning.REASONS,
    sessions.STATES, sessions.OFFICES, sessions.GROUNDS, sessions.STAND_IN, sessions.GROUND_ARTICLES, sessions.FORMS, printed.LABELS, printed.SOURCES, printed.SETTLED,
    printed.SILENCE, printed.DUPLICATES, printed.CO_OWNERS, printed.BASES, printed.YES, printed.NONE, dates.ARTICLES, deliveries.ALL, deliveries.NEEDS_WORDS,
    afterwards.WAITS, afterwards.LATE, afterwards.ARTICLES, filing.LACKS, filing.MORE, filing.PAPERS, filing.ELECTION_PAPERS, votes.NUMERALS,
    forming.STATES, candidates.LEFT, nominees.WAYS, nominees.CHECKS, ticks.FORMS, seating.CAPACITIES, office.LEFT, office.HANDED,
    choosing.STATES, choosing.GROUNDS, choosing.GROUND_ARTICLES, choosing.ARTICLES, choosing.FEE_MODELS, choosing.SIDES, choosing.CLAUSES,
    choosing.HANDED, choosing.THINGS,
    key_sheets.WARNINGS, votes.BALLOT_CHOICES, votes.FOLLOW, votes.OUTCOME_FIGURES, votes.ELECTIONS, votes.PLACES, votes.CONTRADICTIONS,
    election_prints.PRINTS,
    alerts.STATES, alerts.SIGNS, alerts.SEEN, alerts.ANSWERS, alerts.NOBODY, alerts.RELATIONS, alerts.WITH_HOUSEHOLD, alerts.WITH_OTHERS, alerts.WITH_BEFORE,
)  # fmt: skip


def labels() -> Iterator[str]:
    for table in TABLES:
        yield from table.values()
    for name, subs in categories.tree().values():
        yield name
        yield from (sub.zh for sub in subs)
    for agency in AGENCIES.values():
        yield from agency
    for paper in batches.USUAL_PAPERS:
        yield from (paper.label, paper.where)
    for stage in batches.USUAL_PATH:
        yield from (stage.agency, stage.what, stage.document)
    yield from (words for _state, words in LEGEND)
    yield from (*batch_lists.FIRST, *batch_lists.LAST)
    for gate in gates.GATES.values():
        yield from (gate.source, gate.majority, gate.also)
    for profile in profiles():
        yield profile.name
        yield profile.source
        yield from profile.sources.values()
    yield UNWRITTEN
    yield from register.COLUMNS
    yield from (stage for stage, _states in public.STAGES)
    yield from (*moments.WEEKDAYS, *moments.MONTHS)


def sheets() -> Iterator[str]:
    """Why a sheet cannot be read."""
    for name in ("plans.py",):
        tree = ast.parse((HERE / "kernel/rosters" / name).read_text(encoding="utf-8"))
        pieces = {id(piece) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for piece in node.values}
        for text in _plain(
            node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in pieces
        ):
            if text.endswith("。"):
                yield text


def refusals() -> Iterator[str]:
    """Sentences and articles written as plain words where a refusal or a remark on a row is made, or under a name just before."""
    for path in sorted(HERE.rglob("*.py")):
        if "tests" in path.parts or "samples" in path.parts:
            continue
        nodes, named = list(ast.walk(ast.parse(path.read_text(encoding="utf-8")))), set()
        for node in nodes:
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MADE:
                said = node.args[MADE[node.func.id]]
                yield from _plain(said)
                named |= {one.id for one in said if isinstance(one, ast.Name)}
        for node in nodes:
            if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id in named for t in node.targets):
                yield from _plain(node.value.values if isinstance(node.value, ast.BoolOp) else [node.value])


def _plain(nodes: Iterable[ast.expr]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def words() -> list[str]:
    return sorted({word for word in (*labels(), *sheets(), *refusals()) if CHINESE.search(word)})


def source() -> str:
    """A Python file that gettext can read."""
    marked = "".join(f"    gettext_noop({word!r}),\n" for word in words())
    return f"from django.utils.translation import gettext_noop\n\nWORDS = (\n{marked})\n"
