"""The screen's words for posts, bodies and relations; identifiers are the glossary's."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from linli.people.rules import Body, Role
from linli.people.rules.exports import Export

Words = Mapping[str, Any]

ROLES: Words = {
    Role.OPERATOR: _("系统运营者"),
    Role.OWNER: _("业主"),
    Role.OCCUPANT: _("住户"),
    Role.CLOCK: _("系统"),
    Role.SUBDISTRICT_OFFICER: _("街道干部"),
    Role.COMMUNITY_SECRETARY: _("社区书记"),
    Role.COMMUNITY_WORKER: _("社区工作者"),
    Role.GRID_LEADER: _("网格长"),
    Role.GRID_WORKER: _("网格员"),
    Role.BRANCH_SECRETARY: _("支部书记"),
    Role.COMMITTEE_CHAIR: _("业委会主任"),
    Role.COMMITTEE_VICE_CHAIR: _("业委会副主任"),
    Role.COMMITTEE_MEMBER: _("业委会委员"),
    Role.ALTERNATE_MEMBER: _("候补委员"),
    Role.COMMITTEE_SECRETARY: _("业委会秘书"),
    Role.PMC_CHAIR: _("物管会主任"),
    Role.PMC_MEMBER: _("物管会委员"),
    Role.REGISTER_CLERK: _("名册管理员"),
    Role.TREASURER: _("财务委员"),
    Role.AUDITOR: _("审计人"),
    Role.PREPARATORY_MEMBER: _("筹备组成员"),
    Role.PROPERTY_MANAGER: _("物业经理"),
    Role.FRONT_DESK: _("物业前台"),
    Role.STEWARD: _("管家"),
    Role.GUARD: _("保安"),
    Role.CLEANER: _("保洁"),
    Role.ENGINEER: _("维修工"),
    Role.BUILDING_CAPTAIN: _("楼栋长"),
    Role.ENTRANCE_CAPTAIN: _("单元长"),
    Role.RESIDENT_REPRESENTATIVE: _("居民代表"),
    Role.VOLUNTEER: _("志愿者"),
    Role.TEAM_LEADER: _("队长"),
    Role.STORE_KEEPER: _("保管员"),
    Role.MEDIATOR: _("调解员"),
    Role.AGENCY_LIAISON: _("部门联络员"),
}

BODIES: Words = {
    Body.SUBDISTRICT: _("街道办事处"),
    Body.COMMUNITY: _("社区居委会"),
    Body.PARTY: _("社区党组织"),
    Body.BRANCH: _("小区党支部"),
    Body.COMMITTEE: _("业委会"),
    Body.PMC: _("物管会"),
    Body.PREPARATORY: _("筹备组"),
    Body.RENEWAL: _("换届小组"),
    Body.PROPERTY: _("物业公司"),
    Body.VOLUNTEERS: _("志愿服务队"),
    Body.MEDIATION: _("人民调解委员会"),
    Body.AGENCY: _("职能部门"),
}

RELATIONS: Words = {"owner": _("业主"), "family": _("家人"), "tenant": _("租户"), "other": _("其他住户")}

CHANGES: Words = {
    "begin": _("成为业主"),
    "end": _("不再是业主"),
    "died": _("去世"),
    "alive": _("去世登记有误，人还在世"),
    "guardian": _("由别人代为表决"),
    "unguardian": _("不再由别人代为表决"),
}

ABOUT_DATA: Words = {"correct": _("改正"), "erase": _("删除")}
DATA_STATES: Words = {"asked": _("等答复"), "done": _("办好了"), "refused": _("不能办")}

CHANNELS: Words = {"phone": _("打电话来"), "counter": _("到窗口"), "visit": _("上门时")}
CROSS_FLAGS: Words = {
    "property_and_committee": _("同时在物业公司和业委会任职：当地的候选人条件可能不允许"),
    "property_and_branch": _("同时在物业公司和党支部任职：可以兼任，但不宜参选业委会"),
    "committee_and_branch": _("支部和业委会一肩挑"),
}
EXPORTS: Words = {
    Export.ASKED: _("等批准"),
    Export.OPEN: _("可以下载"),
    Export.REFUSED: _("没有同意"),
    Export.WITHDRAWN: _("撤回了"),
    Export.LAPSED: _("过期了"),
}
EXPORT_ACTS: Words = {
    "ask_export": _("申请"),
    "approve_export": _("同意"),
    "refuse_export": _("不同意"),
    "withdraw_export": _("撤回"),
    "lapse_export": _("到时间了，自动结束"),
    "download_export": _("下载"),
}
