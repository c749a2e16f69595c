-- Takes a booking's locks away, and nobody else's: one that expired and now belongs to another booking stays.
--
-- KEYS  1 locks, 2 owners, 3 the user's tickets (see place.lua)
-- ARGV  1 booking
--       2… tickets; none: all that the user has locked with this booking
-- Returns how many locks were taken away

local locks, owners, user = KEYS[1], KEYS[2], KEYS[3]
local booking, released = ARGV[1], 0

local tickets = {}
for at = 2, #ARGV do tickets[#tickets + 1] = ARGV[at] end
if #tickets == 0 then tickets = redis.call("ZRANGE", user, 0, -1) end

for _, ticket in ipairs(tickets) do
  if redis.call("HGET", owners, ticket) == booking then
    redis.call("ZREM", locks, ticket)
    redis.call("HDEL", owners, ticket)
    redis.call("ZREM", user, ticket)
    released = released + 1
  end
end
return released
