-- KEYS[1] the fence; ARGV: gap in ms that counts as an outage, most outages kept, what the caller takes the number of shards
-- for ('' = any; 'look' = any, and writes nothing), that number where the fence does not say.
-- Writes the fence, so that a primary that lost its replicas refuses, and notes for all nodes a time in which nobody wrote
-- it. An outage soon after another one is the same. A caller that is wrong about the number of shards is refused, since it
-- looks for agents in the wrong places.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local kept = redis.call('HMGET', KEYS[1], 'at', 'outages', 'shards')
local at, outages = tonumber(kept[1]) or now, kept[2] or ''
if ARGV[3] == 'look' then
  return {time[1], time[2], outages}
end
if ARGV[3] ~= '' and ARGV[3] ~= (kept[3] or ARGV[4]) then
  return redis.error_reply('SHARDS the store is not divided by ' .. ARGV[3])
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
redis.call('HSET', KEYS[1], 'at', string.format('%.0f', now), 'outages', outages)
return {time[1], time[2], outages}
