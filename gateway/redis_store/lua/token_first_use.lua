-- Marks a token as used. Returns 0 when it was not, 1 when this same request used it a moment ago, else 2.
-- KEYS: the token's key, "ms:request". ARGV: request, now, time for a repetition, time to live (ms; 0: change nothing).
local known = redis.call('GET', KEYS[1])
if not known then
  if tonumber(ARGV[4]) > 0 then
    redis.call('SET', KEYS[1], ARGV[2] .. ':' .. ARGV[1], 'PX', ARGV[4])
  end
  return 0
end
local used, request = string.match(known, '^(%d+):(.*)$')
if request == ARGV[1] and tonumber(ARGV[2]) - tonumber(used) <= tonumber(ARGV[3]) then
  return 1
end
return 2
