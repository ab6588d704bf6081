import type { JsonObject } from "../../apis/api.ts";
import type { Variables } from "../../cel/expression.ts";
import type { JsonEdits } from "../../lib/json_edit.ts";
import type { ModelAliases } from "./model_aliases.ts";
import { evaluated, type Transformations } from "./transformations.ts";

/** What is done to the members of bodies, compiled. */
export interface BodySettings {
  readonly defaults?: JsonObject | undefined;
  readonly overrides?: JsonObject | undefined;
  readonly transformations?: Transformations | undefined;
  readonly finalTransformations?: Transformations | undefined;
  readonly modelAliases?: ModelAliases | undefined;
}

/** Changes the members of requests; compiled once, and shared by all of them. */
export interface BodyPolicy {
  /**
   * The changes to a client's body. The model stands in it as any other member, also where the API
   * has it in the path: `withoutModel` takes it out again.
   */
  edit(request: JsonObject, given: GivenToBody): JsonEdits;
  /** Whether the body that goes upstream is changed once more. */
  readonly hasFinal: boolean;
  /** The changes to the body that goes upstream; undefined if there are none. */
  finalEdits(body: JsonObject, variables: BodyVariables): JsonEdits | undefined;
}

/** What changing a body needs beside the body. */
export interface GivenToBody {
  /** The provider's model, or that of the path; undefined leaves the body's own. */
  readonly model: string | undefined;
  readonly variables: BodyVariables;
}

/** What expressions see, with a body as `llmRequest`. */
export type BodyVariables = (llmRequest: JsonObject) => Variables;

/**
 * Compiles the changes. Their order is a promise: the given model, overrides, what transformations
 * make of the body as it came, defaults, and at last the alias of the model there is by then.
 */
export function bodyPolicy(settings: BodySettings): BodyPolicy {
  const overrides = Object.entries(settings.overrides ?? {});
  const defaults = Object.entries(settings.defaults ?? {});
  const { transformations, finalTransformations, modelAliases } = settings;
  return {
    hasFinal: finalTransformations !== undefined,
    edit(request, { model, variables }) {
      const body = changing(request);
      if (model !== undefined) body.set("model", model);
      for (const [name, value] of overrides) body.set(name, value);
      if (transformations !== undefined) {
        apply(transformations, variables(request), body);
      }
      for (const [name, value] of defaults) if (!body.has(name)) body.set(name, value);
      const asked = body.get("model");
      const alias = typeof asked === "string" ? modelAliases?.(asked) : undefined;
      if (alias !== undefined) body.set("model", alias);
      return body.edits();
    },
    finalEdits(sent, variables) {
      if (finalTransformations === undefined) return undefined;
      const body = changing(sent);
      apply(finalTransformations, variables(sent), body);
      return body.edits();
    },
  };
}

/** The changes without those to `model`, for an API that has the model in the path alone. */
export function withoutModel(request: JsonObject, { set = {}, remove = [] }: JsonEdits): JsonEdits {
  const { model: _, ...rest } = set;
  const others = remove.filter((name) => name !== "model");
  return { set: rest, remove: Object.hasOwn(request, "model") ? [...others, "model"] : others };
}

function apply(transformations: Transformations, variables: Variables, body: ChangingBody): void {
  for (const [name, value] of evaluated(transformations, variables)) {
    if (value === undefined) body.delete(name);
    else body.set(name, value);
  }
}

/** A body with changes that are not made yet. */
interface ChangingBody {
  has(name: string): boolean;
  get(name: string): unknown;
  set(name: string, value: unknown): void;
  delete(name: string): void;
  edits(): JsonEdits;
}

function changing(body: JsonObject): ChangingBody {
  const changes = new Map<string, unknown>();
  const own = (name: string) => Object.hasOwn(body, name) ? body[name] : undefined;
  return {
    has: (name) => changes.has(name) ? changes.get(name) !== undefined : Object.hasOwn(body, name),
    get: (name) => changes.has(name) ? changes.get(name) : own(name),
    set: (name, value) => void changes.set(name, value),
    delete: (name) => void changes.set(name, undefined),
    edits() {
      const entries = [...changes].filter(([name, value]) => value !== own(name));
      const remove = entries.filter(([, value]) => value === undefined).map(([name]) => name);
      // Made of entries, an object takes `__proto__` for a name like any other.
      return {
        set: Object.fromEntries(entries.filter(([, value]) => value !== undefined)),
        remove,
      };
    },
  };
}
