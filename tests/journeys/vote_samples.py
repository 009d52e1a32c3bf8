"""A sample of every page of what owners decide: sessions, ballots, counts, elections, the choice of a company."""

from collections.abc import Callable

from ground import STRANGER, Village
from village import NOW

from linli.plumbing import codes

CODE = codes.kept("204816", NOW)


def sessions(v: Village, page: Callable[..., None]) -> None:
    s = v.slug
    asked, announced, carried = (v.rows[name].number for name in ("asked", "announced", "carried"))
    for role in ("owner", "chair", "engineer"):
        page("assembly:sessions", role, s)
        page("assembly:session", role, s, announced, label=f"{role}-announced")
        page("assembly:register", role, s, announced, label=role)
    page("assembly:draft", "chair", s)
    page("assembly:session", "chair", s, asked, label="chair-asked")
    page("assembly:request", "chair", s, asked)
    for act in ("edit", "set_rules", "add_item", "name_officer", "build", "notice", "cancel"):
        page("assembly:do", "chair", s, asked, act, label=act)
    for act in ("drop_item", "add_paper"):
        page("assembly:item-act", "chair", s, asked, 1, act, label=act)
    page("assembly:print", "owner", s, announced, "notice", label="announced-notice")
    page("assembly:do", "owner", s, announced, "object", label="object")
    page("assembly:do", "session_chair", s, announced, "freeze", label="freeze")
    page("assembly:answer", "chair", s, announced, v.rows["objection"].pk)
    page("assembly:do", "session_chair", s, announced, "build", label="build-again")
    page("assembly:same-owner", "chair", s, announced, *v.rows["alike"])
    page("assembly:release", "chair", s, announced, v.rows["officer"].pk)
    page("assembly:session", "chair", s, carried, label="chair-carried")
    page("assembly:delivery", "chair", s, carried)
    page(
        "assembly:print",
        "chair",
        s,
        carried,
        "delivery",
        query=f"?building={v.place.home.building_id}",
        label="delivery",
    )
    page("assembly:keys", "chair", s, carried)
    page("assembly:key-act", "session_chair", s, carried, 1, "hand", label="hand")
    page("assembly:key-act", "session_chair", s, carried, 1, "lose", label="lose")
    page("assembly:key-act", "session_chair", s, carried, 3, "find", label="find")
    page("assembly:deliver", "chair", s, carried, 1)
    page("assembly:reprint", "chair", s, carried, 1)


def casting(v: Village, page: Callable[..., None]) -> None:
    s, n, begun = v.slug, v.rows["voting"].number, v.rows["ballot"]
    page("assembly:session", "owner", s, n, label="owner-voting")
    page("assembly:session", "chair", s, n, label="chair-voting")
    page("assembly:cast", "owner", s, n)
    page("assembly:cast", "tenant", s, n, label="cannot")
    for nth in (1, 2):
        page("assembly:cast-item", "owner", s, n, nth, label=f"owner-{nth}", session=begun)
    page("assembly:cast-review", "owner", s, n, session=begun)
    page("assembly:cast-confirm", "owner", s, n, session={**begun, "ballot_sent": CODE})
    heard, asking = v.rows["heard"].number, v.rows["asking"].number
    page("assembly:session", "owner", s, asking, label="owner-asking")
    page("assembly:session", "owner", s, heard, label="owner-heard")
    page("assembly:opinion", "owner", s, asking)
    page("assembly:opinion", "owner", s, heard, label="over")
    page("assembly:opinion-words", "chair", s, heard)
    page("assembly:receipt", "owner", s, n, v.rows["cast"].index)
    page("assembly:check-receipt", STRANGER)
    leaf = v.rows["cast"]
    found = f"?s={leaf.session_id.hex}&n={leaf.index}&c={leaf.commitment[:16]}"
    page("assembly:check-receipt", STRANGER, query=found, label="found")
    page("assembly:check-receipt", STRANGER, query="?s=1&n=0&c=2", label="no-such")
    page("assembly:returned", "chair", s, n)
    page("assembly:slip", "chair", s, n, v.rows["back"].index)
    page("assembly:proxies", "owner", s, n)
    page("assembly:proxies", "chair", s, n, query="?q=0005", label="chair")
    page("assembly:proxy-register", "chair", s, n, 5)
    page("assembly:proxy-withdraw", "chair", s, n, v.rows["proxy"].pk)
    page("assembly:statements", "chair", s, n)
    page("assembly:statement", "chair", s, n, 1)
    page("assembly:objection", "wife", s, n)
    page("assembly:objection", "objector", s, n, label="objected")
    page("assembly:objection-confirm", "wife", s, n, session=v.rows["objecting"])
    page("assembly:objection-paper", "chair", s, n, 8)
    page("assembly:session", "wife", s, n, label="wife-voting")
    page("assembly:receipt", "objector", s, n, v.rows["dispute"].index, label="objection")
    page("assembly:scans", "chair", s, n)
    page("assembly:scan-batch", "chair", s, n, v.rows["batch"].pk)
    page("assembly:scan-name", "chair", s, n, v.rows["unread"].pk)
    page("assembly:prints", "chair", s, n)
    page("assembly:prints", "tenant", s, n)
    page("assembly:request-form", "owner", s)
    for kind in ("notice", "register"):
        page("assembly:print", "owner", s, n, kind, label=kind)
    announced = v.rows["vote_announced"].session.number
    for kind in ("count", "result", "filing"):
        page("assembly:print", "chair", s, announced, kind, label=kind)
    page("assembly:filing", "chair", s, announced)
    page("assembly:filing-add", "chair", s, announced, "covenant")


def counts(v: Village, page: Callable[..., None]) -> None:
    number = {name: v.rows[f"vote_{name}"].session.number for name in ("to_open", "counting", "tied", "announced")}
    page("assembly:verify", STRANGER)
    page("assembly:heads", STRANGER, v.slug, number["announced"])
    page("assembly:heads", "owner", v.slug, number["to_open"], label="none")
    for name, n in number.items():
        page("assembly:count", "chair", v.slug, n, label=name)
        page("assembly:result", "owner", v.slug, n, label=name)
    page("assembly:count", "keeper", v.slug, number["counting"], label="clerk")
    page("assembly:result", "chair", v.slug, number["announced"], label="chair")
    page("assembly:count-paper", "keeper", v.slug, number["counting"], "B003")
    page("assembly:count-paper", "keeper", v.slug, number["counting"], "B002", label="differs")
    page("assembly:count-act", "chair", v.slug, number["to_open"], "agree-count", label="agree")
    page("assembly:count-act", "chair", v.slug, number["to_open"], "open-count", label="open")
    page("assembly:count-act", "chair", v.slug, number["counting"], "look-again", label="look")
    page("assembly:release", "chair", v.slug, number["counting"], v.rows["gone"].pk, label="replace")
    page("assembly:replaced", "secretary", v.slug, number["counting"], v.rows["replacement"].pk)
    page("assembly:session", "secretary", v.slug, number["counting"], label="replaced")
    page("assembly:count-void", "chair", v.slug, number["tied"])
    page("assembly:count-lots", "chair", v.slug, number["tied"], 1)
    page("assembly:count-official", "chair", v.slug, number["tied"], 1)
    page("assembly:inspection", "clerk", v.slug, number["announced"])


def forming(v: Village, page: Callable[..., None]) -> None:
    s, nominee = v.slug, v.rows["nominee"].pk
    for role in ("owner", "secretary"):
        page("assembly:elections", role, s)
        for number in (1, 2, 3):
            page("assembly:election", role, s, number, label=f"{role}-{number}")
    page("assembly:election-new", "secretary", s)
    for act in ("stand", "nominate"):
        page("assembly:election-act", "owner", s, 1, act, label=act)
    page("assembly:election-act", "clerk", s, 1, "nominate", label="paper")
    for role in ("owner", "clerk"):
        page("assembly:nominee", role, s, 1, nominee, label=role)
    page("assembly:nominee-act", "clerk", s, 1, nominee, "check", query="?key=owner", label="check")
    page("assembly:nominee-act", "clerk", s, 1, nominee, "back", label="sign")
    page("assembly:nominee-act", "clerk", s, 1, nominee, "leave", label="leave")
    page("assembly:election-forms", "clerk", s, 3)
    for number, role, kind in ((1, "owner", "joint"), (1, "owner", "self"), (3, "clerk", "ticks"), (3, "owner", "candidates"), (4, "owner", "members")):  # fmt: skip
        page("assembly:election-print", role, s, number, kind, label=kind)
    page("assembly:election-entry", "clerk", s, 2)
    page("assembly:election-differences", "clerk", s, 2)
    page("assembly:election-form", "clerk", s, 2, 1, "correct")
    page("assembly:election-answer", "secretary", s, 3, v.rows["challenge"].pk)
    for role in ("owner", "chair"):
        page("assembly:election", role, s, 4, label=f"{role}-4")
    page("assembly:election-recruit", "chair", s, v.rows["election_item"].pk)
    for act in ("vacate", "recall"):
        page("assembly:election-seat", "chair", s, 4, v.rows["taken"].pk, act, label=act)
    page("assembly:election-recall", "chair", s, 4, v.rows["recall"].pk, "hear")
    page("assembly:recall", "owner", s, 4, v.rows["recall"].pk)
    page("assembly:election-hand-over", "chair", s, 4, "seals")


def choosing(v: Village, page: Callable[..., None]) -> None:
    s = v.slug
    for role in ("owner", "chair", "engineer"):
        page("assembly:selections", role, s)
        for number in (1, 2):
            page("assembly:selection", role, s, number, label=f"{role}-{number}")
        page("assembly:contract", role, s, 2)
    page("assembly:selection-new", "chair", s)
    page("assembly:contract-new", "chair", s)
    for act in ("notice", "publish", "cancel"):
        page("assembly:selection-act", "chair", s, 2, act, label=act)
    for act in ("hand_on", "leave"):
        page("assembly:selection-act", "chair", s, 1, act, label=act)
    for act in ("enter", "add_paper", "rule_out"):
        page("assembly:selection-bid", "chair", s, 2, 2, act, label=act)
    page("assembly:selection-score", "owner", s, 2, 1)
    page("assembly:selection-sheet", "chair", s, 2, 1, 3)
    page("assembly:selection-scorer", "chair", s, 2, 1)
    page("assembly:selection-answer", "chair", s, 2, v.rows["comment"].pk)
    page("assembly:selection-hand", "chair", s, 1, "papers", "take", label="take")
    page("assembly:selection-hand", "writer", s, 1, "keys", "give", label="give")
