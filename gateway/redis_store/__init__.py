"""The one room that knows Redis: a thin link to it, and every store of the gateway in it, by shards (docs/design/).

From below: `address`, `sentinels` (where it is), `connection`, `fence_and_seal` (whether to believe it), `flights`,
`line` (one way to it that comes back), `link` (what stores ask). Then a store each: `session_store` (with `codec`,
`swap`, `seen`, `owed`), `event_queue`, `attempts`, `password_book`, `processes`, `token_store`; and what a store as a
whole is: `division`, `floor_claim`. The scripts that run inside Redis are in `lua/`.
"""
