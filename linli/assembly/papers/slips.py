"""What somebody gets for a paper handed in: that it is there, and nothing of what it says."""

from dataclasses import dataclass
from datetime import datetime

from linli.plumbing.papers import Fields, Look, Notes, Paper

from .common import Mark, foot, listed, moment

WHAT = {"returned": "表决票", "statement": "共同声明", "objection": "书面异议"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """`place` in the box from 1; `code`: the beginning of the commitment; `link`, for a camera, looks it up."""

    compound: str
    session: str
    number: str
    homes: list[str]
    at: datetime
    taken_by: str
    place: int
    code: str
    where: str
    contact: str = ""
    link: str = ""
    kind: str = "returned"
    mark: Mark | None = None


def slip(given: Slip) -> Paper:
    what = WHAT[given.kind]
    return Paper(
        title=f"{what}收讫凭条",
        under=f"{given.compound}　{given.session}",
        number=("编号", given.number),
        link=given.link,
        look=Look.FORM,
        parts=(
            Fields((
                ("房号", listed(given.homes)), ("收到时间", moment(given.at)), ("收票人", given.taken_by), ("票箱位置", f"第 {given.place} 张"),
                ("回执码", given.code), ("核对", given.where),
            ), widths=(8, 18, 8, 18)),
            Notes((
                f"凭这张条可以证明{what}收到了、在票箱里的位置。上面不写怎么投的，给谁看都不要紧。",
                "扫二维码，或者在核对页输入编号和回执码，看它还在不在票箱里。每天公布的票箱封签包含它以后，少一张、改一张都对不上。",
                "计票时由两个人各录一遍。结果公告里按编号列出不计的票和原因；没有列出的，就计入了。",
                *((f"问票：{given.contact}。",) if given.contact else ()),
            )),
        ),
        foot=foot(given.mark),
    )  # fmt: skip
