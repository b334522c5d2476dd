-- Who runs the one contact centre of a store. KEYS: 1 the floor: number, holder, claim
-- (both, as writes carry it), name, until (ms), draining. ARGV: 1 what is
-- wanted ('claim', 'keep', 'drain', 'leave'), 2 holder, 3 its name, 4 for how many ms the claim lives, 5 the number that the
-- holder has; for a claim the least that it may get. Returns 1 when the floor is the caller's, else 0; and number, until,
-- whether the holder drains, its name.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local kept = redis.call('HMGET', KEYS[1], 'number', 'holder', 'name', 'until', 'draining')
local number, ours, ends = tonumber(kept[1]) or 0, tonumber(ARGV[5]), tonumber(kept[4]) or 0
local others = {0, number, string.format('%.0f', ends), kept[5] and 1 or 0, kept[3] or ''}
if ARGV[1] == 'claim' then
  if kept[2] ~= ARGV[2] then
    if ends > now then
      return others
    end
    number = number + 1
  end
  number = math.max(number, ours)
elseif number > ours or number == ours and kept[2] ~= ARGV[2] then
  return others
else
  number = ours
end
local leaves = ARGV[1] == 'leave'
local holder = leaves and '' or ARGV[2]
ends = leaves and 0 or now + ARGV[4]
redis.call('HSET', KEYS[1], 'number', number, 'holder', holder, 'claim', number .. ' ' .. holder)
redis.call('HSET', KEYS[1], 'name', ARGV[3], 'until', string.format('%.0f', ends))
if ARGV[1] == 'drain' then
  redis.call('HSET', KEYS[1], 'draining', 1)
else
  redis.call('HDEL', KEYS[1], 'draining')
end
return {1, number, string.format('%.0f', ends), 0, ARGV[3]}
