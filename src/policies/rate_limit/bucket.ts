/** How much a bucket holds, and how it fills. */
export interface BucketSpec {
  /** Tells the bucket from all others, in every gateway of the same configuration. */
  readonly id: string;
  readonly capacity: number;
  readonly perFill: number;
  readonly intervalMs: number;
}

/** What is in a bucket, as of its last refill. */
export interface Bucket {
  level: number;
  filledMs: number;
}

/** A full bucket, whose first refill comes one whole interval later. */
export function fullBucket({ capacity }: BucketSpec, nowMs: number): Bucket {
  return { level: capacity, filledMs: nowMs };
}

/** Fills a bucket by the whole intervals that have passed, but never beyond what it holds. */
export function refill(bucket: Bucket, spec: BucketSpec, nowMs: number): void {
  const elapsedMs = nowMs - bucket.filledMs;
  if (elapsedMs < spec.intervalMs) return;
  const fills = Math.floor(elapsedMs / spec.intervalMs);
  bucket.filledMs += fills * spec.intervalMs;
  add(bucket, spec, fills * spec.perFill);
}

/** Puts something in, or takes it out where it is negative; without debt, without excess. */
export function add(bucket: Bucket, spec: BucketSpec, amount: number): void {
  bucket.level = Math.max(0, Math.min(spec.capacity, bucket.level + amount));
}

/** How long until there is enough; undefined where that never comes. */
export function untilEnoughMs(
  { capacity, perFill, intervalMs }: BucketSpec,
  need: number,
  { remaining, resetMs }: { readonly remaining: number; readonly resetMs: number },
): number | undefined {
  if (remaining >= need) return 0;
  if (need > capacity || perFill === 0) return undefined;
  return resetMs + (Math.ceil((need - remaining) / perFill) - 1) * intervalMs;
}
