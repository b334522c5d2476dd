-- KEYS: 1 events, 2 queue, 3 floor. ARGV: 1 session id, 2 most events, 3 most bytes, 4 wake channel, 5 wake message, 6 `+` and
-- the note of the contact centre ('' = none), 7 the claim; then id, body of each event. Returns -1 when the session is over, -2 when the
-- floor is another one's, else how many of the oldest events were dropped.
if lost_the_floor(KEYS[3], ARGV[7]) then
  return -2
end
local dropped, begins = add_events(
  KEYS[1], KEYS[2], ARGV[1], ARGV[6], tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV, 8, #ARGV
)
if begins then
  redis.call('PUBLISH', ARGV[4], ARGV[5])
end
return dropped
