import type { Groups, Health } from "./groups.ts";

/** The only target there is, as groups of one; its health makes no difference. */
export function onlyMember<Target extends { readonly name: string }>(
  target: Target,
): Groups<Target> {
  const member = { name: target.name, target, health: ALWAYS_WELL };
  return { members: [member], pick: (tried) => tried.has(member) ? undefined : member };
}

const ALWAYS_WELL: Health = {
  begin: () => () => {},
  isEvicted: false,
  score: 1,
  pending: 0,
};
