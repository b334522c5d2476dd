"""The one room that knows Redis: a thin link to it, and every store of the gateway in it, by shards (docs/design/).

From below: `address`, `sentinels` (where it is), `scripts` (what is sent), `replies` and `rights` (what a refusal
means, and what the user of REDIS_URL must be allowed), `connection`, `fence_and_seal` (whether to believe it),
`flights`, `line` (one way to it that comes back), `wrong_types`, `link` (what stores ask). Then a store each:
`session_store` (with `codec`, `swap`, `owed`, `aside`), `event_queue`, `attempts`, `password_book`, `processes`,
`token_store`; of two shards or more they are one by `shards` and `sharded_session_store`. And what a store as a whole
is: `division`, `store_kind`, `store_state`, `floor_claim`. The scripts that run inside Redis are in `lua/`.
"""
