-- KEYS: 1 events, 2 queue. ARGV[1]: how the element begins that is taken away if it is the oldest one.
local oldest = redis.call('LINDEX', KEYS[1], 0)
if oldest and string.sub(oldest, 1, #ARGV[1]) == ARGV[1] then
  redis.call('LPOP', KEYS[1])
  redis.call('HINCRBY', KEYS[2], 'size', #ARGV[1] - #oldest)
end
