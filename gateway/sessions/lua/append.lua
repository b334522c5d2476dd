-- KEYS: 1 events, 2 queue. ARGV: 1 session id, 2 most events, 3 most bytes, 4 wake channel, 5 wake message; then id, body
-- of each event. Returns -1 when the session is over, else how many of the oldest events were dropped.
if redis.call('HGET', KEYS[2], 'session') ~= ARGV[1] then
  return -1
end
local dropped = add_events(KEYS[1], KEYS[2], ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV, 6, #ARGV)
redis.call('PUBLISH', ARGV[4], ARGV[5])
return dropped
