-- One look of a poll: confirms what has arrived, finds the oldest event, and makes the poll the agent's newest if it is to
-- wait; all of it only while the record is still the one for which the GUID was accepted.
-- KEYS: 1 record, 2 events, 3 queue, 4 the agent's newest poll: `node token session ended until`.
-- ARGV: 1 version of the record, 2 until when in ms the verdict holds ('' = any time), 3 how the element begins that is
-- confirmed ('' = none), 4 node, 5 now in ms, 6 for how many ms the event of another node is left alone, 7 '1' when this node
-- will know whether the event arrived; and of a poll that becomes the newest if it is to wait: 8 its token, 9 for how many
-- ms the claim is kept, 10 session id, 11 how many polls of it ended one another before this one, as far as its node knows,
-- 12 until when it may be parked, 13 wake channel, 14 how a wake of the agent begins, 15 now in ms by the clock of 12.
-- Returns the record where it is another one (or the verdict is over), and did nothing then. Else '', the oldest event (''
-- for none), for how many ms it is still another node's, and of a poll that became the newest how many ended one another
-- over all nodes.
local record = redis.call('GET', KEYS[1]) or ''
if string.sub(record, 1, 16) ~= ARGV[1] then
  return {record}
end
if ARGV[2] ~= '' then
  local time = redis.call('TIME')
  if tonumber(time[1]) * 1000 + tonumber(time[2]) / 1000 >= tonumber(ARGV[2]) then
    return {record}
  end
end
local found = redis.call('LRANGE', KEYS[2], 0, ARGV[3] == '' and 0 or 1)
local oldest, more_bytes = found[1], 0
if oldest and ARGV[3] ~= '' and string.sub(oldest, 1, #ARGV[3]) == ARGV[3] then
  redis.call('LPOP', KEYS[2])
  more_bytes = #ARGV[3] - #oldest
  oldest = found[2]
end
-- The field `sent` is `node event-id ms`.
local wait_ms, fields = 0, {}
if oldest then
  local kept = redis.call('HMGET', KEYS[3], 'session', 'sent', 'size')
  local session, id = string.match(oldest, '^([^\n]*)\n([^\n]*)\n')
  local node, sent_id, sent_ms = string.match(kept[2] or '', '^(%S+) (%S+) (%d+)$')
  if sent_id and sent_id == id and node ~= ARGV[4] then
    wait_ms = math.max(0, tonumber(ARGV[6]) - math.abs(tonumber(ARGV[5]) - tonumber(sent_ms)))
  end
  if wait_ms == 0 and ARGV[7] == '1' and session and session == kept[1] then
    fields = {'sent', ARGV[4] .. ' ' .. id .. ' ' .. ARGV[5]}
  end
  if more_bytes ~= 0 then
    fields[#fields + 1], fields[#fields + 2] = 'size', (tonumber(kept[3]) or 0) + more_bytes
  end
  if #fields > 0 then
    redis.call('HSET', KEYS[3], unpack(fields))
  end
elseif more_bytes ~= 0 then
  redis.call('HINCRBY', KEYS[3], 'size', more_bytes)
end
if not ARGV[8] or (oldest and wait_ms == 0) then
  return {'', oldest or '', wait_ms}
end
local count = tonumber(ARGV[11])
local function claim()
  local newest = string.format('%s %s %s %d %s', ARGV[4], ARGV[8], ARGV[10], count, ARGV[12])
  return redis.call('SET', KEYS[4], newest, 'PX', ARGV[9], 'GET') or ''
end
local node, token, session, ended, held_until = string.match(claim(), '^(%S+) (%S+) ?(%S*) ?(%d*) ?(%d*)$')
local here, again = node == ARGV[4], node == ARGV[4] and token == ARGV[8]
-- A node tells by ARGV[11] which of its own were still parked. A poll that another node answered with an event looks as
-- if this one ended it; that only makes an answer rest that nobody waits for.
local was_parked = here and count > 0 or not here and tonumber(ARGV[15]) < (tonumber(held_until) or 0)
if again then
  count = math.max(count, tonumber(ended) or 0)
elseif session == ARGV[10] and was_parked then
  count = math.max(count, (tonumber(ended) or 0) + 1)
end
if count > tonumber(ARGV[11]) then
  claim()
end
-- Only the poll before it is over: its node may have got another one since, which comes after this one. Polls of this
-- node end one another there.
if token and not here then
  redis.call('PUBLISH', ARGV[13], ARGV[14] .. token)
end
return {'', oldest or '', wait_ms, count}
