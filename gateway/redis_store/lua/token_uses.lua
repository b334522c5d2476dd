-- Counts one request on every key. Returns 1 when all stay within their limits, else 0.
-- KEYS: counters of this minute. ARGV: their time to live (ms), then a limit for each.
local within = 1
for index, key in ipairs(KEYS) do
  local count = redis.call('INCR', key)
  if count == 1 then
    redis.call('PEXPIRE', key, ARGV[1])
  end
  if count > tonumber(ARGV[index + 1]) then
    within = 0
  end
end
return within
