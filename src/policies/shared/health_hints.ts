/** What gateways tell each other of the members of their groups. */
export interface HealthHints {
  /** Tells the other gateways that a member is out until some time. */
  announce(member: string, evictedUntilEpochMs: number): void;
  /** Hears what other gateways announce, until the returned function is called. */
  onAnnounced(handle: (member: string, evictedUntilEpochMs: number) => void): () => void;
}
