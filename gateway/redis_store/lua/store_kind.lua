-- What a store is for. KEYS: 1 its kind of backend, 2 its format, 3 and 4 seen of live sessions, 5 the floor. ARGV: 1 kind, 2
-- format of the caller. Returns 'done', or 'format' or 'backend' with what stands there: then nothing was written.
local format = redis.call('GET', KEYS[2])
if format and (tonumber(format) or math.huge) > tonumber(ARGV[2]) then
  return {'format', format}
end
local kind = redis.call('GET', KEYS[1])
if kind and kind ~= ARGV[1] then
  local time = redis.call('TIME')
  local held = tonumber(redis.call('HGET', KEYS[5], 'until')) or 0
  local sessions = redis.call('ZCARD', KEYS[3]) + redis.call('ZCARD', KEYS[4])
  if sessions > 0 or held > time[1] * 1000 then
    return {'backend', kind}
  end
end
if kind ~= ARGV[1] then
  redis.call('SET', KEYS[1], ARGV[1])
end
if format ~= ARGV[2] then
  redis.call('SET', KEYS[2], ARGV[2])
end
return {'done', ''}
