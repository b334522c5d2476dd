-- KEYS: 1 events, 2 queue. ARGV[1]: session id. Drops the events of that session; a retry of an append still adds nothing.
if redis.call('HGET', KEYS[2], 'session') == ARGV[1] then
  redis.call('DEL', KEYS[1])
  redis.call('HSET', KEYS[2], 'size', 0)
end
