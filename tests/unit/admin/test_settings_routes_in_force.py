from pathlib import Path

from gateway.admin.settings_routes import SettingLine, setting_lines
from gateway.settings.load import load
from gateway.settings.reload import LiveSettings


async def at_once(_seconds: float) -> None:
    """No rest."""


def live(file: Path, text: str, **overrides: str) -> LiveSettings:
    file.write_text(text)
    return LiveSettings(load(file, overrides), at_once)


def line(settings: LiveSettings, key: str) -> SettingLine:
    return next(each for each in setting_lines(settings) if each.key == key)


def test_each_says_where_it_comes_from(tmp_path: Path) -> None:
    file = tmp_path / "basic.properties"
    made = live(file, "MAXTIME = 90000\n", AUTHMODE="1", AGENTGATEWAY_GUIDINTERVAL="50000")
    told = {key: line(made, key) for key in ("MAXTIME", "AUTHMODE", "GUIDINTERVAL", "GUIDTIMEOUT")}
    assert {key: (each.value, each.source, each.where) for key, each in told.items()} == {
        "MAXTIME": ("90000", "file", f"{file}:1"),
        "AUTHMODE": ("1", "--set", "--set"),
        "GUIDINTERVAL": ("50000", "environment", "AGENTGATEWAY_GUIDINTERVAL"),
        "GUIDTIMEOUT": ("120000", "default", ""),
    }


def test_what_may_be_secret_is_masked(tmp_path: Path) -> None:
    text = "REDIS_URL = redis://:s3cret@store.example:6379\nGUID_SECRET_FILE = x\n"
    made = live(tmp_path / "basic.properties", text)
    assert [each.key for each in setting_lines(made) if "s3cret" in each.value] == []


async def test_a_value_that_waits_for_a_restart_is_not_the_one_in_force(tmp_path: Path) -> None:
    file = tmp_path / "basic.properties"
    made = live(file, "NODE_NAME = NodeA\nMAXTIME = 90000\n")
    for name in ("NodeB", "NodeC"):
        file.write_text(f"NODE_NAME = {name}\nMAXTIME = 80000\n")
        await made.reload("the test")
    waits, changed = line(made, "NODE_NAME"), line(made, "MAXTIME")
    assert (waits.value, waits.applies, waits.waiting) == ("NodeA", "restart", True)
    assert (changed.value, changed.applies, changed.waiting) == ("80000", "live", False)


async def test_a_reload_says_what_came_of_it(tmp_path: Path) -> None:
    file = tmp_path / "basic.properties"
    made = live(file, "MAXTIME = 90000\n")
    same = await made.reload("the test", force=True)
    file.write_text("MAXTIME = 80000\nNODE_NAME = NodeB\n")
    applied = await made.reload("the test", force=True)
    file.write_text("MAXTIME = never\n")
    refused = await made.reload("the test", force=True)
    assert (same.applied, same.problems) == (False, ())
    assert (applied.applied, applied.changed, applied.waiting) == (True, ("MAXTIME",), ("NODE_NAME",))
    assert (refused.applied, [problem[: len(f"{file}:1: MAXTIME")] for problem in refused.problems]) == (
        False,
        [f"{file}:1: MAXTIME"],
    )
