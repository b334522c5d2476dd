-- The oldest event, for a node that is about to send it. KEYS: 1 events, 2 queue. ARGV: 1 node, 2 now in ms, 3 for how many ms
-- the event of another node is left alone, 4 '1' when this node will know whether the event arrived. Returns nothing where
-- there is no event; else it, and for how many ms it is still another node's. The field `sent` is `node event-id ms`.
local oldest = redis.call('LINDEX', KEYS[1], 0)
if not oldest then
  return false
end
local kept = redis.call('HMGET', KEYS[2], 'session', 'sent')
local session, id = string.match(oldest, '^([^\n]*)\n([^\n]*)\n')
local node, sent_id, sent_ms = string.match(kept[2] or '', '^(%S+) (%S+) (%d+)$')
if sent_id and sent_id == id and node ~= ARGV[1] then
  local since_ms = math.abs(tonumber(ARGV[2]) - tonumber(sent_ms))
  if since_ms < tonumber(ARGV[3]) then
    return {oldest, tonumber(ARGV[3]) - since_ms}
  end
end
if ARGV[4] == '1' and session and session == kept[1] then
  redis.call('HSET', KEYS[2], 'sent', ARGV[1] .. ' ' .. id .. ' ' .. ARGV[2])
end
return {oldest, 0}
