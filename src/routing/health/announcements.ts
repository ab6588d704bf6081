import type { HealthHints } from "../../policies/shared/health_hints.ts";
import type { SharedEviction } from "./health.ts";

/** What other gateways have announced, by member. */
export interface Announcements {
  of(member: string): SharedEviction;
}

/** More members than this are not kept: other gateways may have other configurations. */
const MEMBERS_MAX = 10_000;

/** Keeps what is announced until it is over. */
export function announcements(hints: HealthHints, epochMs: () => number): Announcements {
  const untilByMember = new Map<string, number>();
  hints.onAnnounced((member, untilEpochMs) => {
    if (!Number.isFinite(untilEpochMs)) return;
    const known = untilByMember.get(member) ?? epochMs();
    if (untilEpochMs <= known) return;
    if (untilByMember.size >= MEMBERS_MAX) forgetPast(untilByMember, epochMs());
    if (untilByMember.size < MEMBERS_MAX) untilByMember.set(member, untilEpochMs);
  });
  return {
    of: (member) => ({
      announce: (untilEpochMs) => hints.announce(member, untilEpochMs),
      untilEpochMs: () => untilByMember.get(member),
    }),
  };
}

function forgetPast(untilByMember: Map<string, number>, epochMs: number): void {
  for (const [member, untilEpochMs] of untilByMember) {
    if (untilEpochMs <= epochMs) untilByMember.delete(member);
  }
}
