-- KEYS[1] queue. ARGV[1]: how the field `sent` begins that is taken out: `node event-id `.
if string.sub(redis.call('HGET', KEYS[1], 'sent') or '', 1, #ARGV[1]) == ARGV[1] then
  redis.call('HDEL', KEYS[1], 'sent')
end
