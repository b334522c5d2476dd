-- How many failures of a network are inside the window, counted up to a limit.
-- KEYS: failures of the network; a list of "ms:token", newest first. ARGV: now, window (both ms), limit.
local since = tonumber(ARGV[1]) - tonumber(ARGV[2])
local inside, beyond = 0, math.min(redis.call('LLEN', KEYS[1]), tonumber(ARGV[3]))
while inside < beyond do
  local middle = math.floor((inside + beyond) / 2)
  if tonumber(string.match(redis.call('LINDEX', KEYS[1], middle), '^%d+')) > since then
    inside = middle + 1
  else
    beyond = middle
  end
end
return inside
