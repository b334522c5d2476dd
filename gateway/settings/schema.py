"""Settings, the whole table: every key of the properties file is one field here."""

import difflib
from typing import Final

from gateway.settings.our_sections import (
    AgentsSection,
    ListenersSection,
    LogsSection,
    MutualTlsSection,
    NodeSection,
    StoreSection,
    UpstreamSection,
)
from gateway.settings.setting_rows import Section, SettingRow, row_of
from gateway.settings.token_sections import AgentAuthSection, TokensSection
from gateway.settings.vendor_sections import (
    AuthenticationSection,
    MultimediaSection,
    PollingSection,
    PushSection,
    TimeLimitsSection,
)


class Settings(
    AuthenticationSection,
    PollingSection,
    TimeLimitsSection,
    NodeSection,
    ListenersSection,
    StoreSection,
    AgentsSection,
    UpstreamSection,
    MutualTlsSection,
    AgentAuthSection,
    TokensSection,
    LogsSection,
    PushSection,
    MultimediaSection,
):
    """Values that hold together, never changed in place; times in ms, sizes in bytes.

    A field is named in code by its attribute and in files by its alias. Loaded from a file, paths are absolute.
    """


SECTIONS: Final = tuple(base for base in Settings.__bases__ if issubclass(base, Section))
"""The order of documents and of the configuration file."""

ROWS: Final[tuple[SettingRow, ...]] = tuple(
    row_of(name, field) for section in SECTIONS for name, field in section.model_fields.items()
)
"""One row a setting, in the order of SECTIONS."""

BY_ATTRIBUTE: Final = {row.attribute: row for row in ROWS}
BY_KEY: Final = {row.key: row for row in ROWS} | {row.other_key: row for row in ROWS if row.other_key}
"""Rows by every spelling of their key."""

_BY_FOLDED_KEY: Final = {key.casefold(): key for key in BY_KEY}


def nearest(key: str) -> str:
    """The known key that an unknown one most likely means; "" when none is near."""
    found = difflib.get_close_matches(key.casefold(), _BY_FOLDED_KEY, n=1)
    return _BY_FOLDED_KEY[found[0]] if found else ""
