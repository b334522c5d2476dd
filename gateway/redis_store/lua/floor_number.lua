-- Tells a further shard which claim holds the floor. KEYS: 1 the floor. ARGV: 1 number and 2 holder of the claim. Returns 0, or
-- the number of another claim that is not older: then nothing was written.
local kept = redis.call('HMGET', KEYS[1], 'number', 'claim')
local number, claim = tonumber(kept[1]) or 0, ARGV[1] .. ' ' .. ARGV[2]
if kept[2] ~= claim and number >= tonumber(ARGV[1]) then
  return number
end
redis.call('HSET', KEYS[1], 'number', ARGV[1], 'claim', claim)
return 0
