-- KEYS: 1 events, 2 queue, 3 floor. ARGV: 1 session id, 2 the claim. Drops the events of that session; a retry of
-- an append still adds nothing. Returns -2 when the floor is another one's.
if lost_the_floor(KEYS[3], ARGV[2]) then
  return -2
end
if redis.call('HGET', KEYS[2], 'session') == ARGV[1] then
  redis.call('DEL', KEYS[1])
  redis.call('HSET', KEYS[2], 'size', 0)
end
return 0
