-- Moves keys away that are of another type than the gateway gives them, so that it can write its own.
-- KEYS: the list `aside`, then pairs of a key and where it goes. ARGV: most entries of the list, then the type of each.
-- Returns, for each, its wrong type, or ''. What stood where it goes is lost.
local found = {}
for i = 2, #ARGV do
  local key, place = KEYS[2 * i - 2], KEYS[2 * i - 1]
  local type = redis.call('TYPE', key).ok
  if type == 'none' or type == ARGV[i] then
    found[i - 1] = ''
  else
    redis.call('RENAME', key, place)
    found[i - 1] = type
    if redis.call('TYPE', KEYS[1]).ok == 'list' or redis.call('EXISTS', KEYS[1]) == 0 then
      redis.call('RPUSH', KEYS[1], key .. '\n' .. type .. '\n' .. place)
      for _ = tonumber(ARGV[1]) + 1, redis.call('LLEN', KEYS[1]) do
        redis.call('LPOP', KEYS[1])
      end
    end
  end
end
return found
