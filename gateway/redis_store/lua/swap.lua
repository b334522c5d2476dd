-- Writes an agent's record, and what goes along with it, if the record is still the one that the caller decided on.
-- KEYS: 1 record, 2 events, 3 queue, 4 seen of polling sessions, 5 seen of push sessions, 6 owed order, 7 owed ends,
-- 8 floor.
-- ARGV: 1 the change in JSON, 2 the version of the record decided on, 3 the new record ('' = write nothing), 4 `+` and the
-- note of the contact centre ('' = none); then id, body of each event; then session id, ms, body of each end. Members of the
-- change:
--   silent_since: latest time seen for the change to hold, in ms ('' = any)
--   former_member: of the former session in the seen sets; member_becomes: what of it ('keep', 'poll', 'push', 'gone');
--   member: of the new session there
--   floor: the claim; now: in ms; session: the id of the session; another_session: whether it is another one than before
--   most_events, most_bytes: bounds of the queue; wake_channel, wake: what wakes polls; events: how many there are
local change = cjson.decode(ARGV[1])
if lost_the_floor(KEYS[8], change.floor) then
  return {'floor', 0}
end
local record = redis.call('GET', KEYS[1]) or ''
if string.sub(record, 1, 16) ~= ARGV[2] then
  return {'changed', record}
end
if change.silent_since ~= '' then
  for i = 4, 5 do
    local seen = redis.call('ZSCORE', KEYS[i], change.former_member)
    if seen and tonumber(seen) > tonumber(change.silent_since) then
      return {'seen', 0}
    end
  end
end
if ARGV[3] == '' then
  return {'done', 0}
end
redis.call('SET', KEYS[1], ARGV[3])
if change.member_becomes ~= 'keep' then
  if change.former_member ~= '' then
    redis.call('ZREM', KEYS[4], change.former_member)
    redis.call('ZREM', KEYS[5], change.former_member)
  end
  if change.member_becomes ~= 'gone' then
    redis.call('ZADD', change.member_becomes == 'push' and KEYS[5] or KEYS[4], change.now, change.member)
  end
end
if change.another_session then
  redis.call('DEL', KEYS[2], KEYS[3])
  if change.session ~= '' then
    redis.call('HSET', KEYS[3], 'session', change.session)
  end
end
local dropped, last_event = 0, 4 + 2 * change.events
if (change.events > 0 or ARGV[4] ~= '') and change.session ~= '' then
  local add = function()
    return add_events(
      KEYS[2], KEYS[3], change.session, ARGV[4], change.most_events, change.most_bytes, ARGV, 5, last_event
    )
  end
  dropped = add()
  if dropped < 0 then -- The queue was lost, the record was not.
    redis.call('HSET', KEYS[3], 'session', change.session)
    dropped = add()
  end
end
for i = last_event + 1, #ARGV, 3 do
  redis.call('ZADD', KEYS[6], 'NX', ARGV[i + 1], ARGV[i])
  redis.call('HSETNX', KEYS[7], ARGV[i], ARGV[i + 2])
end
if change.events > 0 or change.another_session then
  redis.call('PUBLISH', change.wake_channel, change.wake)
end
return {'done', dropped}
