-- Returns 1 when a pair is locked, else 0; and how many failures of its network are inside the window, counted up to a limit.
-- KEYS: failures of the pair, failures of the network; lists of "ms:token", newest first.
-- ARGV: now, window (both ms), limit of the pair, limit of the network.
local since = tonumber(ARGV[1]) - tonumber(ARGV[2])

local function inside(key, at)
  local failure = redis.call('LINDEX', key, at)
  return failure and tonumber(string.match(failure, '^%d+')) > since
end

local locked = redis.call('LLEN', KEYS[1]) >= tonumber(ARGV[3]) and inside(KEYS[1], 0)
local count, beyond = 0, math.min(redis.call('LLEN', KEYS[2]), tonumber(ARGV[4]))
while count < beyond do
  local middle = math.floor((count + beyond) / 2)
  if inside(KEYS[2], middle) then
    count = middle + 1
  else
    beyond = middle
  end
end
return {locked and 1 or 0, count}
