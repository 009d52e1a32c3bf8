"""What a filled database looks like, known to those who fill and those who ask."""

COMPOUNDS = 20
BUILDINGS, ENTRANCES, ROOMS = 10, 2, 25
FULL_PAGE = 44
MINE = 25
RARE = "无人机"
COMMON = "电梯"
# Another one when the rows of a fill change: old fills are then made anew.
FILL = "2"
