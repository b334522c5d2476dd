-- Shared by scripts that add events. An element is `session\nevent id\nbody`, so that no reader can take it for an event of
-- another session; `recent` holds the last ids, so that a retry adds nothing even after the event was taken.

local RECENT_SIZE = 64 * 17 + 1

local function body_size(element)
  local _, head = string.find(element, '^[^\n]*\n[^\n]*\n')
  return #element - head
end

-- Texts of other agents, which a full queue loses before anything that a call brings.
local function is_minor(body)
  local head = string.sub(body, 1, 200)
  return string.find(head, '"eventType":"AgentOther_Note"', 1, true)
    or string.find(head, '"eventType":"AgentOther_Bulletin"', 1, true)
end

-- The oldest minor event in a queue of `count`, nil where there is none.
local function oldest_minor(events, count)
  for from = 0, count - 1, 64 do
    for _, element in ipairs(redis.call('LRANGE', events, from, from + 63)) do
      local _, head = string.find(element, '^[^\n]*\n[^\n]*\n')
      if is_minor(string.sub(element, head + 1, head + 200)) then
        return element
      end
    end
  end
end

-- Adds pairs of id, body, ... from `first` to `last` of `list`, and keeps `note` ('' = the one before, else `+`
-- and the note). Returns how many events were dropped: minor ones first, of these and of the others the oldest; -1, and does
-- nothing, where the queue is another session's. Then whether the queue was empty and has something now: whoever waits has
-- found it empty, so that nobody else need be woken. `minor` in the queue says whether a minor one may be among them.
local function add_events(events, queue, session, note, most, most_size, list, first, last)
  local kept = redis.call('HMGET', queue, 'session', 'size', 'recent', 'minor')
  if kept[1] ~= session then
    return -1, false
  end
  local size, recent, count, dropped = tonumber(kept[2]) or 0, kept[3] or ' ', 0, 0
  local minor, added, fields = kept[4] == '1', {}, {}
  for i = first, last, 2 do
    if not string.find(recent, ' ' .. list[i] .. ' ', 1, true) then
      added[#added + 1] = session .. '\n' .. list[i] .. '\n' .. list[i + 1]
      size = size + #list[i + 1]
      minor = minor or is_minor(list[i + 1]) ~= nil
      recent = recent .. list[i] .. ' '
    end
  end
  if #added > 0 then
    count = redis.call('RPUSH', events, unpack(added))
  end
  local begins = count > 0 and count == #added
  while count - dropped > 1 and (count - dropped > most or size > most_size) do
    local least = minor and oldest_minor(events, count - dropped)
    if least then
      redis.call('LREM', events, 1, least)
    else
      minor = false
      least = redis.call('LPOP', events)
    end
    size = size - body_size(least)
    dropped = dropped + 1
  end
  if count > 0 then
    fields = {'size', size, 'recent', string.sub(recent, -RECENT_SIZE), 'minor', minor and '1' or '0'}
  end
  if note ~= '' then
    fields[#fields + 1], fields[#fields + 2] = 'note', string.sub(note, 2)
  end
  if #fields > 0 then
    redis.call('HSET', queue, unpack(fields))
  end
  return dropped, begins
end
