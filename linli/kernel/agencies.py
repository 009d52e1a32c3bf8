"""The catalogue of agencies that are whistled (domain §4.6): identifier, name, what is typically asked of them."""

from typing import NamedTuple


class Agency(NamedTuple):
    zh: str
    asks: str = ""


AGENCIES: dict[str, Agency] = {
    "housing_bureau": Agency("住建局", "房屋质量、维修资金、物业监管、备案"),
    "real_estate_registry": Agency("不动产登记中心", "首次登记、转移登记、业主清册"),
    "tax_bureau": Agency("税务局", "契税"),
    "legacy_office": Agency("遗留办", "历史遗留问题"),
    "natural_resources": Agency("自然资源和规划局", "规划、用地、地质隐患"),
    "urban_management": Agency("城管执法局", "违法建设、街面秩序"),
    "fire_brigade": Agency("消防救援大队", "消防通道、消防设施"),
    "police_station": Agency("派出所", "治安、养犬、高空抛物"),
    "traffic_police": Agency("交警", "停车、出入口交通"),
    "court": Agency("人民法院", "解冻资金、执行、司法确认"),
    "market_supervision": Agency("市场监管局", "电梯、价格"),
    "ecology_bureau": Agency("生态环境局", "油烟、噪声、污水"),
    "development_reform": Agency("发改局", "立项、收费"),
    "water": Agency("供水公司", "水压、水质、爆管"),
    "power": Agency("供电公司", "停电、增容"),
    "gas": Agency("燃气公司", "漏气、改管"),
    "heat": Agency("热力公司", "供暖"),
    "telecom": Agency("通信公司", "线缆、光纤"),
    "sanitation": Agency("环卫", "清运、公厕"),
    "greening": Agency("园林", "树木、绿地"),
    "civil_affairs": Agency("民政局", "救助、养老"),
    "health": Agency("卫健局", "就医、病媒"),
    "education": Agency("教育局", "入学、校门口秩序"),
    "justice_office": Agency("司法所", "调解、法律援助"),
    "human_resources": Agency("人社局", "就业、欠薪"),
    "disabled_federation": Agency("残联", "无障碍、辅具"),
    "women_federation": Agency("妇联", "家庭、妇女儿童"),
    "emergency": Agency("应急局", "险情、灾害"),
    "petition_office": Agency("信访局", "信访事项"),
    "subdistrict": Agency("街道", "统筹协调"),
}
