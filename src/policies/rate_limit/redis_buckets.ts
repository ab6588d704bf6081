import { limitsUnavailable } from "../shared/limits_unavailable.ts";
import { partitionId } from "../shared/partition.ts";
import { RedisAway, type RedisLink, script } from "../shared/redis_link.ts";
import type { Ask, BucketEngine, BucketUse, Level } from "./engine.ts";

interface RedisBucketsOptions {
  readonly link: RedisLink;
  readonly keyPrefix: string;
  /** Counts while the server is away; undefined where requests are refused then. */
  readonly fallback: BucketEngine | undefined;
}

/** Counts in a Redis, together with all gateways that use it. */
export function redisBuckets({ link, keyPrefix, fallback }: RedisBucketsOptions): BucketEngine {
  const keysOf = (uses: readonly BucketUse[]) =>
    uses.map(({ limit, partition }) => {
      const part = partitionId(partition);
      return `${keyPrefix}limit:${limit.spec.id}${part === "" ? "" : `:${part}`}`;
    });

  async function take(uses: readonly BucketUse[], ask: Ask): Promise<readonly Level[]> {
    try {
      const values = [ask.need, ask.take, ...uses.flatMap(settingsOf)];
      return levels(uses, await link.run(TAKE, keysOf(uses), values));
    } catch (cause) {
      if (!(cause instanceof RedisAway)) throw cause;
      if (fallback === undefined) throw limitsUnavailable(cause);
      return await fallback.take(uses, ask);
    }
  }

  /** What cannot be charged is lost: the limits of a rate forget it soon anyway. */
  async function charge(uses: readonly BucketUse[], amount: number): Promise<void> {
    try {
      await link.run(CHARGE, keysOf(uses), [amount, ...uses.flatMap(settingsOf)]);
    } catch (cause) {
      if (!(cause instanceof RedisAway)) throw cause;
      fallback?.charge(uses, amount);
    }
  }

  return { take, charge: (uses, amount) => void charge(uses, amount) };
}

function settingsOf({ limit: { spec } }: BucketUse): readonly number[] {
  return [spec.capacity, spec.perFill, Math.max(1, Math.round(spec.intervalMs))];
}

function levels(uses: readonly BucketUse[], reply: readonly number[]): readonly Level[] {
  return uses.map(({ limit: { spec } }, index) => {
    const [isEnough = 0, remaining = 0, resetMs = 0] = reply.slice(3 * index);
    return { spec, isEnough: isEnough === 1, remaining, resetMs };
  });
}

/**
 * A bucket is a hash of its level and the server's time of its last refill. One that is not there
 * is full; a full one is forgotten.
 */
const READ_BUCKETS = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local buckets = {}
local function read(first)
  for i = 1, #KEYS do
    local at = first + 3 * (i - 1)
    local bucket = {
      capacity = tonumber(ARGV[at]), per = tonumber(ARGV[at + 1]), interval = tonumber(ARGV[at + 2])
    }
    local saved = redis.call('HMGET', KEYS[i], 'level', 'filled')
    bucket.level = tonumber(saved[1] or bucket.capacity)
    bucket.filled = tonumber(saved[2] or now)
    local fills = math.floor((now - bucket.filled) / bucket.interval)
    if fills > 0 then
      bucket.filled = bucket.filled + fills * bucket.interval
      bucket.level = math.min(bucket.capacity, bucket.level + fills * bucket.per)
    end
    buckets[i] = bucket
  end
end
local function write(i, level)
  local bucket = buckets[i]
  bucket.level = math.max(0, math.min(bucket.capacity, level))
  redis.call('HSET', KEYS[i],
    'level', string.format('%.0f', bucket.level), 'filled', string.format('%.0f', bucket.filled))
  local life = 30 * 86400000
  if bucket.per > 0 then
    local fills = math.ceil((bucket.capacity - bucket.level) / bucket.per)
    life = math.min(life, (fills + 1) * bucket.interval)
  end
  redis.call('PEXPIRE', KEYS[i], string.format('%.0f', life))
end
`;

const TAKE = script(`${READ_BUCKETS}
local need, take = tonumber(ARGV[1]), tonumber(ARGV[2])
read(3)
local granted = true
for _, bucket in ipairs(buckets) do granted = granted and bucket.level >= need end
local reply = {}
for i, bucket in ipairs(buckets) do
  reply[#reply + 1] = bucket.level >= need and 1 or 0
  if granted and take > 0 then write(i, bucket.level - take) end
  reply[#reply + 1] = bucket.level
  reply[#reply + 1] = bucket.filled + bucket.interval - now
end
return reply`);

const CHARGE = script(`${READ_BUCKETS}
read(2)
for i, bucket in ipairs(buckets) do write(i, bucket.level - tonumber(ARGV[1])) end
return {}`);
