"""What a filled database looks like, known to those who fill and those who ask."""

COMPOUNDS = 20
BUILDINGS, ENTRANCES, ROOMS = 10, 2, 25
FULL_PAGE = 44
MINE = 25
RARE = "无人机"
COMMON = "电梯"
