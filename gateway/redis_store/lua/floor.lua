-- Shared by scripts whose writes may be those of a contact centre: `claim` is its number and holder, '' for a gateway that has
-- none. True for a contact centre that does not hold the floor any more: it must write nothing.
local function lost_the_floor(floor, claim)
  return claim ~= '' and redis.call('HGET', floor, 'claim') ~= claim
end
