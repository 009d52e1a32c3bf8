"""What goes to the subdistrict within thirty days (物业管理条例第十六条; domain §3.10)."""

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
KEPT_YEARS = 6
