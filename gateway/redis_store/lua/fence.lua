-- KEYS[1] the fence; ARGV: gap in ms that counts as an outage, most outages kept, what the caller takes the number of shards
-- for ('' = any; 'look' = any, and writes nothing), that number where the fence does not say, by how many ms the clock may
-- be set back unheeded.
-- Writes the fence, so that a primary that lost its replicas refuses, and notes for all nodes a time in which nobody wrote
-- it. An outage soon after another one is the same. A caller that is wrong about the number of shards is refused, since it
-- looks for agents in the wrong places.
-- The store's time is that of Redis and `ahead` ms: so it goes on where the clock is set back, or another primary has another
-- one. Afterwards it comes closer to the clock again, by a tenth of the time that passes, so that no limit is much longer.
-- `born` is when this fence was first written: another one means that the store was emptied.
local time = redis.call('TIME')
local kept = redis.pcall('HMGET', KEYS[1], 'at', 'outages', 'shards', 'ahead', 'born')
if kept.err then
  if ARGV[3] == 'look' or not string.find(kept.err, 'WRONGTYPE', 1, true) then
    return kept
  end
  -- Somebody else has written here: what it said is lost already.
  redis.call('DEL', KEYS[1])
  kept = {}
end
local clock, ahead = time[1] * 1000 + math.floor(time[2] / 1000), tonumber(kept[4]) or 0
local now = math.floor(clock + ahead)
local at, outages, born = tonumber(kept[1]) or now, kept[2] or '', kept[5]
if ARGV[3] == 'look' then
  return {string.format('%.0f', now), outages, born or '', 0}
end
if ARGV[3] ~= '' and ARGV[3] ~= (kept[3] or ARGV[4]) then
  return redis.error_reply('SHARDS the store is not divided by ' .. ARGV[3])
end
if at - now > tonumber(ARGV[5]) then
  ahead, now = at - clock, at
  redis.call('HSET', KEYS[1], 'ahead', string.format('%.2f', ahead))
elseif ahead > 0 and now > at then
  ahead = math.max(0, ahead - (now - at) / 10)
  now = math.max(at, math.floor(clock + ahead))
  redis.call('HSET', KEYS[1], 'ahead', string.format('%.2f', ahead))
end
local gap = tonumber(ARGV[1])
if now - at > gap then
  local list = {}
  for start, stop in string.gmatch(outages, '(%d+)-(%d+)') do
    list[#list + 1] = {tonumber(start), tonumber(stop)}
  end
  local last = list[#list]
  if last and last[2] <= at and at - last[2] <= 2 * gap then
    last[2] = now
  else
    list[#list + 1] = {at, now}
  end
  local texts = {}
  for i = math.max(1, #list - ARGV[2] + 1), #list do
    texts[#texts + 1] = string.format('%.0f-%.0f', list[i][1], list[i][2])
  end
  outages = table.concat(texts, ' ')
end
if not born then
  born = time[1] .. '.' .. time[2]
  redis.call('HSET', KEYS[1], 'born', born)
end
redis.call('HSET', KEYS[1], 'at', string.format('%.0f', math.max(at, now)), 'outages', outages)
return {string.format('%.0f', now), outages, born, math.floor(ahead / 1000)}
