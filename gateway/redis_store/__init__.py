"""The one room that knows Redis: a thin link to it, and every store of the gateway in it, by shards (docs/design/).

From below: `address`, `sentinels`, `places` (where it is), `connection`, `fence_and_seal` (whether it may be believed),
`flights`, `line` (one way to it that comes back), `link` (what stores ask). Then a store each: `session_store` (with
`codec`, `swap`, `seen`, `owed`), `event_queue`, `attempts`, `password_book`, `push_nodes`, `token_store`; and what a
store as a whole is: `store_kind`, `division`, `floor_claim`. The scripts that run inside Redis are in `lua/`.
"""
