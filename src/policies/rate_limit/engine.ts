import type { Expression } from "../../cel/expression.ts";
import { Recent } from "../shared/recent.ts";
import { add, type Bucket, type BucketSpec, fullBucket, refill } from "./bucket.ts";

/** Most partitions of one limit that a process remembers. */
export const PARTITIONS_MAX = 20_000;

/** Counts in buckets, wherever they are. */
export interface BucketEngine {
  /** Takes from all buckets, or from none where one has not enough. */
  take(uses: readonly BucketUse[], ask: Ask): readonly Level[] | Promise<readonly Level[]>;
  /** Takes what a request turned out to need beside; gives back where it is negative. */
  charge(uses: readonly BucketUse[], amount: number): void;
}

/** A limit, and the part of it that a request belongs to. */
export interface BucketUse {
  readonly limit: Limit;
  readonly partition: string;
}

/** What a request wants of each of its buckets. */
export interface Ask {
  /** What has to be there. */
  readonly need: number;
  readonly take: number;
}

/** A bucket after it was asked. */
export interface Level {
  readonly spec: BucketSpec;
  readonly isEnough: boolean;
  readonly remaining: number;
  /** Until the next refill. */
  readonly resetMs: number;
}

/** One limit with its buckets in this process. */
export interface Limit {
  readonly spec: BucketSpec;
  /** Gives each of its values a bucket. */
  readonly key: Expression | undefined;
  readonly buckets: Buckets;
}

/** Owns the buckets of one limit: a single one, or one for each of the latest partitions. */
export class Buckets {
  readonly #spec: BucketSpec;
  readonly #common: Bucket;
  readonly #partitions: Recent<Bucket>;

  /** `forgot` is called when so many partitions are in use that some are forgotten. */
  constructor(spec: BucketSpec, nowMs: number, forgot: () => void) {
    this.#spec = spec;
    this.#common = fullBucket(spec, nowMs);
    this.#partitions = new Recent(PARTITIONS_MAX, forgot);
  }

  /** The bucket of a partition, refilled. */
  at(partition: string, nowMs: number): Bucket {
    const bucket = partition === "" ? this.#common : this.#partition(partition, nowMs);
    refill(bucket, this.#spec, nowMs);
    return bucket;
  }

  #partition(partition: string, nowMs: number): Bucket {
    const known = this.#partitions.get(partition);
    if (known !== undefined) return known;
    const bucket = fullBucket(this.#spec, nowMs);
    this.#partitions.set(partition, bucket);
    return bucket;
  }
}

/** Counts in this process alone. */
export function localEngine(now: () => number): BucketEngine {
  return {
    take(uses, { need, take }) {
      const nowMs = now();
      const found = uses.map((use) => ({
        spec: use.limit.spec,
        bucket: use.limit.buckets.at(use.partition, nowMs),
      }));
      const taken = found.every(({ bucket }) => bucket.level >= need) ? take : 0;
      return found.map(({ spec, bucket }) => {
        const isEnough = bucket.level >= need;
        if (taken !== 0) add(bucket, spec, -taken);
        return {
          spec,
          isEnough,
          remaining: bucket.level,
          resetMs: bucket.filledMs + spec.intervalMs - nowMs,
        };
      });
    },
    charge(uses, amount) {
      const nowMs = now();
      for (const { limit: { spec, buckets }, partition } of uses) {
        add(buckets.at(partition, nowMs), spec, -amount);
      }
    },
  };
}
