"""From a properties file, the environment and `--set` to settings, or every reason why not."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from gateway.settings import environment, files
from gateway.settings.cross_checks import REFUSALS, WARNINGS, SettingsCheck
from gateway.settings.files import UTF_16, FileFault, faults_only, is_utf_16
from gateway.settings.problems import Problem, SettingsError, shown_key
from gateway.settings.properties import Properties, decode, read_properties
from gateway.settings.schema import BY_ATTRIBUTE, BY_KEY, Settings, nearest
from gateway.settings.setting_rows import SettingRow

OVERRIDE: Final = "--set"
MOST_BYTES: Final = 1_048_576
"""Of the file."""


@dataclass(frozen=True)
class Given:
    """Text that was given for a setting, and where: `file:line`, `--set` or the name of a variable.

    `line` is 0 outside the file.
    """

    text: str = field(repr=False)
    where: str
    line: int = 0


@dataclass(frozen=True)
class Loaded:
    """Settings and where they come from. `given` is by key of the table and lacks what was left to its default.

    `overrides` are as `load` got them.
    """

    path: Path
    overrides: Mapping[str, str] = field(repr=False)
    raw: bytes = field(repr=False)
    settings: Settings
    given: Mapping[str, Given] = field(repr=False)
    file_keys: frozenset[str]
    warnings: tuple[str, ...]

    def text_of(self, row: SettingRow) -> str:
        """The value as given or by default, fit for a message: what may be secret in it is `***`."""
        given = self.given.get(row.key)
        return row.shown_value(given.text if given else row.default)


def load(path: Path, overrides: Mapping[str, str]) -> Loaded:
    """Read the file at `path`. Raises SettingsError with every problem.

    `overrides` win over it: by key what `--set` gives, which comes first, and by the names of their variables what the
    environment gives (see `environment.take`).
    """
    try:
        return interpret(files.read(path, MOST_BYTES).raw, path, overrides)
    except FileFault as fault:
        raise SettingsError([Problem(str(path), "", "", str(fault))]) from None


def load_parts(path: Path, overrides: Mapping[str, str], needed: Container[str]) -> Settings:
    """As `load` for who needs these keys alone: others may be wrong, and count as their defaults.

    A gateway whose changed file is refused goes on with the former one, and must be found by it all the same.
    """
    try:
        with faults_only(SettingsError):
            properties = read_properties(decode(files.read(path, MOST_BYTES).raw))
            given, warnings = _given_by_file(properties, path)
            problems = _take_environment(given, warnings, overrides, path.absolute().parent)
            problems += _take_overrides(given, overrides)
            settings, wrong = _validated(given, path.absolute().parent)
    except FileFault as fault:
        raise SettingsError([Problem(str(path), "", "", str(fault))]) from None
    problems += [problem for problem in wrong if problem.key in needed]
    if problems:
        raise SettingsError(problems)
    return settings


def interpret(raw: bytes, path: Path, overrides: Mapping[str, str]) -> Loaded:
    """Like `load`, for content that was read already; `path` gives its name and the folder of relative paths."""
    try:
        with faults_only(SettingsError):
            return _interpret(raw, path, overrides)
    except FileFault as fault:
        raise SettingsError([Problem(str(path), "", "", str(fault))]) from None


def _interpret(raw: bytes, path: Path, overrides: Mapping[str, str]) -> Loaded:
    if len(raw) > MOST_BYTES or b"\0" in raw:
        told = f"is not a properties file{UTF_16 if is_utf_16(raw) else ''}"
        raise SettingsError([Problem(str(path), "", "", told)])
    properties = read_properties(decode(raw))
    given, warnings = _given_by_file(properties, path)
    file_keys = frozenset(given)
    problems = [
        Problem(f"{path}:{line}", "", "", r"broken \u escape: write \\ for a backslash", line)
        for line in properties.malformed
    ]
    problems += _take_environment(given, warnings, overrides, path.absolute().parent)
    problems += _take_overrides(given, overrides)
    settings, wrong = _validated(given, path.absolute().parent)
    problems += wrong
    doubtful = {BY_KEY[problem.key].attribute for problem in wrong}
    problems += complaints(REFUSALS, settings, given, doubtful)
    if problems:
        raise SettingsError(sorted(problems, key=lambda problem: problem.line))
    warnings += [str(problem) for problem in complaints(WARNINGS, settings, given)]
    return Loaded(path, dict(overrides), raw, settings, given, file_keys, tuple(warnings))


def _given_by_file(properties: Properties, path: Path) -> tuple[dict[str, Given], list[str]]:
    warnings = [
        f"{path}:{former.line}: {shown_key(former.key)} is given again in line {last.line}, which counts"
        for former, last in properties.repeated
    ]
    given: dict[str, Given] = {}
    for entry in sorted(properties.entries.values(), key=lambda entry: entry.line):
        where = f"{path}:{entry.line}"
        row = BY_KEY.get(entry.key)
        if row is None:
            warnings.append(f"{where}: {_unknown(entry.key)}")
            continue
        if row.key in given:
            warnings.append(f"{given[row.key].where}: {row.key} is given again in line {entry.line}, which counts")
        given[row.key] = Given(entry.value, where, entry.line)
    return given, warnings


def _unknown(key: str) -> str:
    known = nearest(key)
    return f"unknown setting {shown_key(key)}" + (f"; the nearest known is {known}" if known else "")


def _take_environment(
    given: dict[str, Given], warnings: list[str], overrides: Mapping[str, str], folder: Path
) -> list[Problem]:
    found = environment.read(overrides, folder)
    given.update((key, Given(text, name)) for key, (text, name) in found.texts.items())
    warnings += found.warnings
    return found.problems


def _take_overrides(given: dict[str, Given], overrides: Mapping[str, str]) -> list[Problem]:
    told = {key: text for key, text in overrides.items() if not key.startswith(environment.PREFIX)}
    given.update((BY_KEY[key].key, Given(text.strip(), OVERRIDE)) for key, text in told.items() if key in BY_KEY)
    return [Problem(OVERRIDE, "", "", _unknown(key)) for key in told if key not in BY_KEY]


def _validated(given: Mapping[str, Given], folder: Path) -> tuple[Settings, list[Problem]]:
    """Settings, with defaults in the place of wrong values, and a problem for each of those."""
    texts = {key: value.text for key, value in given.items()}
    try:
        return Settings.model_validate(texts, context={"folder": folder}), []
    except ValidationError as error:
        reasons = {str(part["loc"][0]): part.get("ctx", {}).get("error") for part in error.errors()}
    right = {key: text for key, text in texts.items() if key not in reasons}
    problems = [_problem(BY_KEY[key], given, str(reason or "")) for key, reason in reasons.items()]
    return Settings.model_validate(right, context={"folder": folder}), problems


def complaints(
    checks: Iterable[SettingsCheck], settings: Settings, given: Mapping[str, Given], doubtful: Iterable[str] = ()
) -> list[Problem]:
    """What `checks` say, without those that look at a `doubtful` attribute."""
    found = []
    for check in checks:
        says = "" if set(doubtful) & set(check.attributes) else check.complaint(settings)
        if says:
            rows = [BY_ATTRIBUTE[attribute] for attribute in check.attributes]
            found.append(_problem(next((row for row in rows if row.key in given), rows[0]), given, says))
    return found


def _problem(row: SettingRow, given: Mapping[str, Given], says: str) -> Problem:
    value = given.get(row.key, Given(row.default, "default"))
    unit = f" ({row.unit})" if row.unit else ""
    return Problem(
        value.where, row.key, row.shown_value(value.text), says or f"must be {row.allowed}{unit}", value.line
    )
