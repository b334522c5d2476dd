-- KEYS[1] until when each process counts as alive. ARGV: 1 process, 2 for how long from now in ms, 0 = no longer, 3 now in
-- ms of the store's time, which no clock sets back. Returns the processes that are alive now.
local now = tonumber(ARGV[3])
if ARGV[2] == '0' then
  redis.call('ZREM', KEYS[1], ARGV[1])
else
  redis.call('ZADD', KEYS[1], string.format('%.0f', now + ARGV[2]), ARGV[1])
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('(%.0f', now))
return redis.call('ZRANGE', KEYS[1], 0, -1)
