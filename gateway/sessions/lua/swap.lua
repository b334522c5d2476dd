-- Writes an agent's record, and what goes along with it, if the record is still the one that the caller decided on.
-- KEYS: 1 record, 2 events, 3 queue, 4 seen of polling sessions, 5 seen of push sessions, 6 owed order, 7 owed ends.
-- ARGV: 1 version of the record decided on, 2 new record ('' = write nothing), 3 latest time seen for the change to hold
-- ('' = any), 4 seen member of the former session, 5 what becomes of it ('keep', 'poll', 'push', 'gone'), 6 seen member of
-- the new session, 7 now in ms, 8 '1' when the session is another one, 9 session id, 10 most events, 11 most bytes,
-- 12 wake channel, 13 wake message, 14 number of events; then id, body of each; then session id, ms, body of each end.
local record = redis.call('GET', KEYS[1]) or ''
if string.sub(record, 1, 16) ~= ARGV[1] then
  return {'changed', record}
end
if ARGV[3] ~= '' then
  for i = 4, 5 do
    local seen = redis.call('ZSCORE', KEYS[i], ARGV[4])
    if seen and tonumber(seen) > tonumber(ARGV[3]) then
      return {'seen', 0}
    end
  end
end
if ARGV[2] == '' then
  return {'done', 0}
end
redis.call('SET', KEYS[1], ARGV[2])
if ARGV[5] ~= 'keep' then
  redis.call('ZREM', KEYS[4], ARGV[4])
  redis.call('ZREM', KEYS[5], ARGV[4])
  if ARGV[5] ~= 'gone' then
    redis.call('ZADD', ARGV[5] == 'push' and KEYS[5] or KEYS[4], ARGV[7], ARGV[6])
  end
end
if ARGV[8] == '1' then
  redis.call('DEL', KEYS[2], KEYS[3])
  if ARGV[9] ~= '' then
    redis.call('HSET', KEYS[3], 'session', ARGV[9])
  end
end
local events, dropped = tonumber(ARGV[14]), 0
if events > 0 and ARGV[9] ~= '' then
  dropped = add_events(KEYS[2], KEYS[3], ARGV[9], tonumber(ARGV[10]), tonumber(ARGV[11]), ARGV, 15, 14 + 2 * events)
end
for i = 15 + 2 * events, #ARGV, 3 do
  redis.call('ZADD', KEYS[6], 'NX', ARGV[i + 1], ARGV[i])
  redis.call('HSETNX', KEYS[7], ARGV[i], ARGV[i + 2])
end
if events > 0 or ARGV[8] == '1' then
  redis.call('PUBLISH', ARGV[12], ARGV[13])
end
return {'done', dropped}
