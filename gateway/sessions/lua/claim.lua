-- KEYS[1] the agent's newest poll. ARGV: 1 node, 2 token, 3 how long it may be parked in ms, 4 wake channel, 5 wake message.
-- Returns 1 when the poll before it was on the same node, which then need not hear of it from here.
local before = redis.call('SET', KEYS[1], ARGV[1] .. ' ' .. ARGV[2], 'PX', ARGV[3], 'GET')
if not before or before == ARGV[1] .. ' ' .. ARGV[2] then
  return 0
end
if string.sub(before, 1, #ARGV[1] + 1) == ARGV[1] .. ' ' then
  return 1
end
redis.call('PUBLISH', ARGV[4], ARGV[5])
return 0
