"""How long files play."""

import pytest

from gateway.contact_centre.floor import recording
from gateway.contact_centre.floor.plan import Plan, Timing
from gateway.contact_centre.floor.world import World


@pytest.mark.parametrize(
    ("path", "seconds"),
    [
        ("y:/conf/1/hello.V3", 7.0),
        ("y:/conf/1/hello.wav", 7.0),
        ("101/1800000000-1-2.wav", 42.0),
        ("y:/conf/1/hello.mp3", None),
        ("hello", None),
    ],
)
def test_a_file_plays_as_long_as_it_was_recorded_or_as_the_plan_says(path: str, seconds: float | None) -> None:
    world = World(Plan(timing=Timing(voice_s=7.0)))
    world.activities.recorded["101/1800000000-1-2.wav"] = 42.0
    assert recording.length_s(world, path) == seconds
