import { script } from "../shared/redis_link.ts";

/**
 * Sets amounts aside on all accounts, or on none. An account's period is a hash: what is `spent`,
 * and for each gateway what it `held:` and for how many requests, `n:`. A second hash for each
 * gateway has the amounts by request, so that settling twice does no harm.
 *
 * What a gateway holds counts as long as its lease, another key, lives: a gateway that died
 * releases everything.
 */
export const RESERVE = script(`
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local gateway, id, leases, life = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local count = #KEYS / 2
local function arg(i, n) return tonumber(ARGV[4 + 4 * (i - 1) + n]) end
for i = 1, count do
  if now < arg(i, 3) or now >= arg(i, 4) then return {2, now} end
end
local function gone(other)
  return other ~= gateway and redis.call('EXISTS', leases .. other) == 0
end
local reply = {0, now, 0}
for i = 1, count do
  local account = KEYS[2 * i - 1]
  local saved = redis.call('HGETALL', account)
  local spent, held, requests = 0, 0, 0
  for n = 1, #saved, 2 do
    local name, amount = saved[n], tonumber(saved[n + 1])
    local kind, other = string.match(name, '^(%w+):(.*)$')
    if name == 'spent' then
      spent = amount
    elseif kind ~= nil and gone(other) then
      redis.call('HDEL', account, name)
      redis.call('DEL', account .. ':' .. other)
    elseif kind == 'held' then
      held = held + amount
    elseif kind == 'n' then
      requests = requests + amount
    end
  end
  local limit, amount = arg(i, 1), arg(i, 2)
  local enough = spent + held + amount <= limit or (requests == 0 and spent < limit)
  if not enough and reply[1] == 0 then
    reply[1] = 1
    reply[3] = i
  end
  reply[#reply + 1] = spent
  reply[#reply + 1] = held
  reply[#reply + 1] = requests
end
if reply[1] == 1 then return reply end
redis.call('SET', leases .. gateway, '1', 'PX', life)
for i = 1, count do
  local account, own = KEYS[2 * i - 1], KEYS[2 * i]
  local amount = string.format('%.0f', arg(i, 2))
  redis.call('HSET', own, id, amount)
  redis.call('HINCRBY', account, 'held:' .. gateway, amount)
  redis.call('HINCRBY', account, 'n:' .. gateway, 1)
  local expiry = string.format('%.0f', arg(i, 4) + 3600000)
  redis.call('PEXPIREAT', account, expiry)
  redis.call('PEXPIREAT', own, expiry)
end
return reply`);

/**
 * Spends the real amounts. What is not set aside any more was either settled before, which can only
 * be if this is sent again, or released with the lease.
 */
export const SETTLE = script(`
local gateway, id, again = ARGV[1], ARGV[2], ARGV[3]
local reply = {}
for i = 1, #KEYS / 2 do
  local account, own = KEYS[2 * i - 1], KEYS[2 * i]
  local amount, ends = tonumber(ARGV[2 + 2 * i]), tonumber(ARGV[3 + 2 * i])
  local held = id ~= '' and redis.call('HGET', own, id)
  if held then
    redis.call('HDEL', own, id)
    redis.call('HINCRBY', account, 'held:' .. gateway, '-' .. held)
    if redis.call('HINCRBY', account, 'n:' .. gateway, -1) <= 0 then
      redis.call('HDEL', account, 'held:' .. gateway, 'n:' .. gateway)
    end
  end
  if amount > 0 and (held or again == '0') then
    redis.call('HINCRBY', account, 'spent', string.format('%.0f', amount))
    redis.call('PEXPIREAT', account, string.format('%.0f', ends + 3600000))
  end
  reply[i] = tonumber(redis.call('HGET', account, 'spent') or '0')
end
return reply`);
