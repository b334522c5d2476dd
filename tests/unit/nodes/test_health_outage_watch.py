from gateway.audit import trail
from gateway.nodes.health import OutageWatch


async def test_an_outage_is_told_when_it_begins_and_when_it_ends_with_how_long_it_was() -> None:
    lines: list[trail.Line] = []
    reasons = iter([None, "timeout", "refused", None, None])
    now_s = [0.0]

    async def reason() -> str | None:
        now_s[0] += 2.5
        return next(reasons)

    watch = OutageWatch(reason, lambda: now_s[0])
    with trail.installed(trail.Trail("n1", b"k" * 32, [lines.append], lambda: 0)):
        for _ in range(5):
            await watch.look()
    assert [(line["kind"], line.get("reason"), line.get("after_s")) for line in lines] == [
        ("store-outage", "timeout", None),
        ("store-back", None, 5.0),
    ]
