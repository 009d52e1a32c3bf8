"""What goes to the subdistrict within thirty days (物业管理条例第十六条; domain §3.10)."""

from .sessions import ANNOUNCED, HEADS, Who

PAPERS = {
    "record": "会议记录和业主大会决定",
    "assembly_rules": "业主大会议事规则",
    "covenant": "管理规约",
    "register": "锁定的业主名册和送达登记",
    "count": "计票记录，计票人和监票人签了字",
}
ELECTION_PAPERS = {
    "first_meeting": "业委会第一次会议记录",
    "members": "业委会成员名单和任期",
    "pledges": "候选人承诺书",
}
OTHER = "other"  # what the subdistrict asks for besides: bank papers, a certificate
MORE = {OTHER: "其他材料"}
OPEN = frozenset({"assembly_rules", "covenant"})  # every owner may read them (解释第十三条)
# What to do about a paper that is made here and is not there.
LACKS = {
    "record": "结果还没有公布",
    "register": "名册没有锁定，或者没有送达登记",
    "count": "计票人、监票人没有签够",
    "first_meeting": "第一次会议还没有记",
    "members": "还没有成员名单",
    "pledges": "有当选的人没有签承诺",
    "outside": "还没有上传",
}


def may_read(state: str, parts: frozenset[Who], key: str = "") -> bool:
    """Rules that were adopted are for everybody of the compound; the rest for who files, who watched the count and who is above."""
    if state not in ANNOUNCED:
        return False
    return key in OPEN or bool(parts & (HEADS | {Who.SCRUTINEER, Who.OBSERVER, Who.COMMUNITY}))
