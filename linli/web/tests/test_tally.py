"""The commands: nothing but the answer on standard output, no database, settings or secret."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from linli.kernel.tally.tests.examples import examples

pytestmark = pytest.mark.one_database
BARE = {"PATH": os.environ["PATH"], "PYTHONPATH": os.environ.get("PYTHONPATH", "")}


def linli(*args, given=""):
    command = [sys.executable, "-m", "linli.web.cli", *args]
    return subprocess.run(command, input=given, capture_output=True, text=True, env=BARE, check=False)


@pytest.fixture
def example(tmp_path):
    path = tmp_path / "case.json"
    path.write_text(json.dumps(next(given for name, given, _ in examples() if name == "V01.1")), encoding="utf-8")
    return str(path)


def test_tally_prints_the_result_and_nothing_else(example):
    done = linli("tally", example)
    assert done.returncode == 0 and done.stderr == ""
    assert json.loads(done.stdout)["result"] == "passed"


def test_tally_explains_in_chinese_and_prints_nothing_else(example):
    done = linli("tally", example, "--explain")
    assert done.stdout.startswith("计票单\n") and "结果：通过" in done.stdout and "{" not in done.stdout


def test_what_is_malformed_exits_2_with_the_path(example):
    done = linli("tally", "-", given='{"matter_no": 12}')
    assert (done.returncode, done.stdout) == (2, "") and "$.matter_no" in done.stderr
    assert linli("tally", "/nowhere.json").returncode == 2
    assert linli("check-result", "-", given="{}").returncode == 2


def test_check_result():
    figures = {"persons": 36, "area": 350853}
    given = {
        "matter_no": 5,
        "total": figures,
        "participating": figures,
        "approve": {"persons": 18, "area": 300000},
        "announced": "passed",
    }
    done = linli("check-result", "-", given=json.dumps(given))
    assert done.returncode == 0 and json.loads(done.stdout)["follows"] is False


def test_neither_loads_django(example):
    program = (
        f"import sys; from linli.web.cli import main; main(['tally', {example!r}]); assert 'django' not in sys.modules"
    )
    assert subprocess.run([sys.executable, "-c", program], env=BARE, capture_output=True, check=False).returncode == 0


def test_half_a_character_in_a_name_still_leaves_json(example):
    given = json.loads(Path(example).read_text(encoding="utf-8"))
    given["ballots"][0] |= {"id": "\ud800", "valid": False}
    done = linli("tally", "-", given=json.dumps(given))
    assert done.returncode == 0 and json.loads(done.stdout)["notes"][0]["ballot"] == "\ud800"
