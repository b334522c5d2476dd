-- Shared by scripts that add events. An element is `session\nevent id\nbody`, so that no reader can take it for an event of
-- another session; `recent` holds the last ids, so that a retry adds nothing even after the event was taken.

local RECENT_SIZE = 64 * 17 + 1

local function body_size(element)
  local _, head = string.find(element, '^[^\n]*\n[^\n]*\n')
  return #element - head
end

-- `pairs_` is a flat list of id, body, ... from `first` to `last`. Returns how many of the oldest events were dropped.
local function add_events(events, queue, session, most, most_size, list, first, last)
  local kept = redis.call('HMGET', queue, 'size', 'recent')
  local size, recent = tonumber(kept[1]) or 0, kept[2] or ' '
  for i = first, last, 2 do
    if not string.find(recent, ' ' .. list[i] .. ' ', 1, true) then
      redis.call('RPUSH', events, session .. '\n' .. list[i] .. '\n' .. list[i + 1])
      size = size + #list[i + 1]
      recent = recent .. list[i] .. ' '
    end
  end
  local count, dropped = redis.call('LLEN', events), 0
  while count - dropped > 1 and (count - dropped > most or size > most_size) do
    size = size - body_size(redis.call('LPOP', events))
    dropped = dropped + 1
  end
  redis.call('HSET', queue, 'size', size, 'recent', string.sub(recent, -RECENT_SIZE))
  return dropped
end
