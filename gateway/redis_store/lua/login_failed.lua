-- Counts a failed sign-in once, however often it is sent. Returns 1 when it locks the pair, else 0.
-- KEYS: as in login_begin; then, for operators, the last failure of each network that has failed, and of each locked pair
-- (sorted sets). ARGV: now, window (both ms), limit of the pair, the token of the attempt, limit of the agent, the names of
-- network and pair in those sets.
local since = tonumber(ARGV[1]) - tonumber(ARGV[2])
local limit = tonumber(ARGV[3])
local failure = ARGV[1] .. ':' .. ARGV[4]

local function inside(key, at)
  local found = redis.call('LINDEX', key, at)
  return found and tonumber(string.match(found, '^%d+')) > since
end

local function counted(key)
  return redis.call('LPOS', key, failure, 'MAXLEN', 64)
end

local function add(key)
  while redis.call('EXISTS', key) == 1 and not inside(key, -1) do
    redis.call('RPOP', key)
  end
  redis.call('LPUSH', key, failure)
  redis.call('PEXPIRE', key, ARGV[2])
end

local function note(key, name)
  redis.call('ZADD', key, ARGV[1], name)
  redis.call('ZREMRANGEBYSCORE', key, '-inf', since)
  redis.call('PEXPIRE', key, ARGV[2])
end

redis.call('ZREM', KEYS[3], ARGV[4])
redis.call('ZREM', KEYS[4], ARGV[4])
redis.call('ZREM', KEYS[8], ARGV[4])
if not counted(KEYS[2]) then
  add(KEYS[2])
  note(KEYS[9], ARGV[6])
end
if not counted(KEYS[5]) then
  add(KEYS[5])
  while redis.call('LLEN', KEYS[5]) > tonumber(ARGV[5]) do
    redis.call('RPOP', KEYS[5])
  end
end
if not counted(KEYS[1]) then
  if redis.call('LLEN', KEYS[1]) >= limit and inside(KEYS[1], 0) then
    return 0
  end
  add(KEYS[1])
end
if redis.call('LLEN', KEYS[1]) < limit then
  return 0
end
note(KEYS[10], ARGV[7])
return 1
