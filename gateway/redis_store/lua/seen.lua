-- KEYS: 1 seen of polling sessions, 2 seen of push sessions. ARGV: member, ms, 1 for polling or 2 for push; and so on.
-- Only forward, only members that are there; a member found under the other mode comes over.
for i = 1, #ARGV, 3 do
  local mode = tonumber(ARGV[i + 2])
  local other = redis.call('ZSCORE', KEYS[3 - mode], ARGV[i])
  if other then
    redis.call('ZREM', KEYS[3 - mode], ARGV[i])
    redis.call('ZADD', KEYS[mode], other, ARGV[i])
  end
  redis.call('ZADD', KEYS[mode], 'XX', 'GT', ARGV[i + 1], ARGV[i])
end
