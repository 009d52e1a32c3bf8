"""What a matter is called."""


def title_of(words: str) -> str:
    """The reporter's own words, short: up to the first stop, 40 characters at most."""
    line = words.strip().splitlines()[0] if words.strip() else ""
    for stop_mark in "。！？!?；;":
        line = line.split(stop_mark)[0]
    return line[:40]
