#!lua flags=no-writes
-- ARGV: calls, each with its words apart by spaces. Returns the commands that the user may not run so; runs none of them.
local denied = {}
for _, call in ipairs(ARGV) do
  local words = {}
  for word in string.gmatch(call, '%S+') do
    words[#words + 1] = word
  end
  local asked, allowed = pcall(redis.acl_check_cmd, unpack(words))
  if not (asked and allowed) then
    denied[#denied + 1] = words[1]
  end
end
return denied
