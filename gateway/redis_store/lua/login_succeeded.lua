-- Ends an attempt and forgets the failures of its pair, those included that nobody ended in time.
-- KEYS: as in login_begin. ARGV: the token of the attempt, the latest ms of attempts that count as failures.
redis.call('DEL', KEYS[1])
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', ARGV[2])
redis.call('ZREM', KEYS[3], ARGV[1])
redis.call('ZREM', KEYS[4], ARGV[1])
return 1
