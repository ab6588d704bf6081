import { GatewayError } from "../errors.ts";

/** Something of a `ChatRequest` that an API may not be able to carry. */
export type Concept =
  | "temperature"
  | "topP"
  | "topK"
  | "stop"
  | "seed"
  | "frequencyPenalty"
  | "presencePenalty"
  | "logitBias"
  | "logprobs"
  | "candidates"
  | "maxOutputTokens"
  | "reasoning"
  | "output"
  | "outputStrict"
  | "verbosity"
  | "toolSchema"
  | "toolStrict"
  | "toolChoice"
  | "parallelToolCalls"
  | "user"
  | "metadata"
  | "serviceTier"
  | "cache"
  | "image"
  | "imageDetail"
  | "audio"
  | "document"
  | "media"
  | "reasoningReplay"
  | "toolFailed"
  | "toolResultMedia"
  | "refusal";

/** What the client's API calls the concepts: `{topK: "top_k"}`. */
export type ConceptNames = Readonly<Partial<Record<Concept, string>>>;

/** What a translation could not carry, or not exactly. */
export interface Loss {
  readonly kind: "dropped" | "changed";
  /** In the words of the client's API: `logit_bias`. */
  readonly field: string;
}

/** Gathers losses; each field is named once. */
export interface Losses {
  /** The concept has no counterpart in the target and was left out. */
  dropped(concept: Concept): void;
  /** The concept was carried with less precision, or clamped. */
  changed(concept: Concept): void;
  /** A member that only the client's API knows was left out. */
  droppedField(field: string): void;
  readonly found: readonly Loss[];
}

/** An empty list of losses, to be told in the words of the client's API. */
export function losses(names: ConceptNames): Losses {
  const found: Loss[] = [];
  const named = new Set<string>();
  function add(kind: Loss["kind"], field: string): void {
    if (named.has(field)) return;
    named.add(field);
    found.push({ kind, field });
  }
  return {
    dropped: (concept) => add("dropped", names[concept] ?? concept),
    changed: (concept) => add("changed", names[concept] ?? concept),
    droppedField: (field) => add("dropped", field),
    found,
  };
}

/** How many fields are named to a client, which may send members without end. */
const SHOWN_MAX = 40;

/** Refuses a request of which something would be lost, naming the first such field. */
export function refuseLosses(found: readonly Loss[], target: string): void {
  const [first] = found;
  if (first === undefined) return;
  const fields = found.slice(0, SHOWN_MAX).map(({ field }) => field).join(", ");
  throw new GatewayError(
    "invalid-request",
    `strict translation: the ${target} API cannot carry: ${fields}`,
    { code: "translation_loss", param: first.field },
  );
}

/**
 * The losses as the value of a header: `dropped=logit_bias,seed; changed=reasoning_effort`.
 *
 * Names are percent-encoded where they would not fit a header; those beyond 40 are counted:
 * `dropped=a,...,+3`.
 */
export function lossesHeader(found: readonly Loss[]): string {
  const parts = (["dropped", "changed"] as const).flatMap((kind) => {
    const fields = found.filter((loss) => loss.kind === kind).map(({ field }) => encoded(field));
    if (fields.length === 0) return [];
    const more = fields.length > SHOWN_MAX ? [`+${fields.length - SHOWN_MAX}`] : [];
    return [`${kind}=${[...fields.slice(0, SHOWN_MAX), ...more].join(",")}`];
  });
  return parts.join("; ");
}

/** Brackets stay, since paths have them: `messages[].name`. */
function encoded(field: string): string {
  const text = encodeURIComponent(field.slice(0, 100).toWellFormed());
  return text.replaceAll("%5B", "[").replaceAll("%5D", "]");
}
