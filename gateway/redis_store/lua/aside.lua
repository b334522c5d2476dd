-- Takes something out that nobody can read, if it is still there as it was read, and keeps it in a list for the operator.
-- KEYS: 1 the list, 2 where it stands, 3 what goes with that. ARGV: 1 most entries of the list, 2 the entry, 3 what to take:
-- 'member' (of the sorted set), 'field' (of the hash 3, and the member of that name of the sorted set 2), 'value', 'first'
-- (of the list); 4 its name, 5 its content where it has one. Returns 1 when it was there.
local taken
if ARGV[3] == 'member' then
  taken = redis.call('ZREM', KEYS[2], ARGV[4]) == 1
elseif ARGV[3] == 'field' then
  taken = (redis.call('HGET', KEYS[3], ARGV[4]) or '') == ARGV[5] and redis.call('ZREM', KEYS[2], ARGV[4]) == 1
  if taken then
    redis.call('HDEL', KEYS[3], ARGV[4])
  end
elseif ARGV[3] == 'value' then
  taken = redis.call('GET', KEYS[2]) == ARGV[5]
  if taken then
    redis.call('DEL', KEYS[2])
  end
else
  taken = redis.call('LINDEX', KEYS[2], 0) == ARGV[5]
  if taken then
    redis.call('LPOP', KEYS[2])
  end
end
if not taken then
  return 0
end
redis.call('RPUSH', KEYS[1], ARGV[2])
for _ = tonumber(ARGV[1]) + 1, redis.call('LLEN', KEYS[1]) do
  redis.call('LPOP', KEYS[1])
end
return 1
