-- Says in a fence by how many shards the store is divided; a store of one does not say it. KEYS: the fence. ARGV: the
-- number; the one that it must still say, '' = any. Returns 1, also when sent again; 0 when it says another one by now.
local said = redis.call('HGET', KEYS[1], 'shards') or '1'
if said ~= ARGV[1] and ARGV[2] ~= '' and said ~= ARGV[2] then
  return 0
end
if ARGV[1] == '1' then
  redis.call('HDEL', KEYS[1], 'shards')
else
  redis.call('HSET', KEYS[1], 'shards', ARGV[1])
end
return 1
