"""How soon somebody who asks about their own data is answered (个人信息保护法第五十条): the privacy page says the same."""

ANSWER_DAYS = 15
