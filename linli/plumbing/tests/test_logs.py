import json
import logging
import sys

import pytest
import structlog

from linli.plumbing.logs import Lines, StandardFormatter, as_json, hushed, place_of_error, where


def fail():
    try:
        raise ValueError("Key (phone)=(13800000001) already exists")
    except ValueError as error:
        raise RuntimeError("孟小满 13800000001") from error


def caught():
    try:
        fail()
    except RuntimeError:
        return sys.exc_info()
    raise AssertionError


def test_where_names_types_and_places_but_not_the_words():
    said = where(caught())
    assert said.startswith("RuntimeError\n") and "ValueError" in said
    assert "test_logs.py" in said and "fail" in said
    assert "1380000" not in said and "孟" not in said


def test_structlog_event_carries_the_place_alone():
    event = place_of_error(None, "error", {"event": "job failed", "exc_info": caught()})
    assert "1380000" not in event["exception"] and "RuntimeError" in event["exception"]
    assert "exc_info" not in event


def test_standard_loggers_say_no_more():
    row = logging.LogRecord("django.request", logging.ERROR, __file__, 1, "%s: %s", ("Oh", "/w/SECRET/"), caught())
    line = json.loads(StandardFormatter().format(row))
    assert line.keys() == {"event", "logger", "level", "exception"}
    assert "RuntimeError" in line["exception"] and "1380000" not in line["exception"] and "SECRET" not in str(line)


@pytest.mark.django_db
def test_a_refused_answer_leaves_one_line_without_its_address(client, capfd):
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(StandardFormatter())
    logging.getLogger().addHandler(handler)
    try:
        assert client.post("/w/SECRET-LINK/receive/").status_code >= 400
        assert client.get("/c/nowhere/SECRET-LINK/").status_code in {302, 404}
        logging.getLogger("django.security.csrf").warning("Forbidden (%s): %s", "no token", "/w/SECRET-LINK/")
    finally:
        logging.getLogger().removeHandler(handler)
    said = capfd.readouterr().err
    assert "SECRET" not in said
    assert all(json.loads(line) for line in said.splitlines())


def test_an_event_is_one_line_in_one_write(capsys):
    Lines("linli.act").info(as_json(None, "info", {"event": "act", "name": "孟\n小满", "id": ValueError("x")}))
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and json.loads(said) == {"event": "act", "name": "孟\n小满", "id": "x"}


def test_a_hushed_logger_says_nothing(capsys):
    with hushed("linli.act"):
        structlog.get_logger("linli.act").error("act")
        structlog.get_logger("linli.other").error("other")
    structlog.get_logger("linli.act").error("again")
    said = capsys.readouterr().err
    assert '"again"' in said and '"other"' in said and '"act"' not in said
