-- Ends an attempt and forgets the failures of its pair, those included that nobody ended in time.
-- The agent is known in this network from now on.
-- KEYS: as in login_begin. ARGV: the token of the attempt, the latest ms of attempts that count as failures, now, the
-- network, for how many ms it is known, how many such networks are kept.
redis.call('DEL', KEYS[1])
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', ARGV[2])
redis.call('ZREM', KEYS[3], ARGV[1])
redis.call('ZREM', KEYS[4], ARGV[1])
redis.call('ZREM', KEYS[8], ARGV[1])
redis.call('ZADD', KEYS[6], ARGV[3], ARGV[4])
for _, network in ipairs(redis.call('ZRANGE', KEYS[6], 0, -1 - tonumber(ARGV[6]))) do
  redis.call('ZREM', KEYS[6], network)
end
redis.call('PEXPIRE', KEYS[6], ARGV[5])
return 1
