"""docs/admin.md tells of every endpoint that there is, and of no other."""

from pathlib import Path

import docs_admin

from gateway.admin_app import app_routes
from gateway.app import make_app
from gateway.settings.load import load
from gateway.settings.reload import LiveSettings
from tests.support.gateway import CONFIG

ELSEWHERE = ("/adoption", "/trace")
"""Told of on pages of their own."""


async def test_every_route_is_told_of_and_no_other(tmp_path: Path) -> None:
    app = make_app(LiveSettings(load(CONFIG, {"VAR_DIR": str(tmp_path)})))
    told = [route for route in app_routes(app) if not route.path.startswith(ELSEWHERE)]
    await app.close()
    assert {(route.method, route.path) for route in told} == {(row.method, row.path) for row in docs_admin.ROWS}


def test_each_shape_has_a_sample_of_its_class() -> None:
    assert [row.answers for row in docs_admin.ROWS if type(docs_admin.SAMPLES[row.answers]) is not row.answers] == []
