import type { JsonObject } from "../../json.ts";

/** A response that was stored: what went in and what came out. */
export interface Stored {
  readonly items: readonly JsonObject[];
}

/** What the API keeps of the responses that it has made. */
export class Memory {
  readonly #responses = new Map<string, Stored>();
  readonly #items = new Map<string, JsonObject>();
  readonly #reasoning = new Map<string, string>();

  /** Keeps a response that shall be stored, and in any case which thoughts led to what. */
  keep(id: string, input: readonly JsonObject[], output: readonly JsonObject[], store: boolean) {
    let thought: string | undefined;
    for (const item of output) {
      if (item.type === "reasoning") thought = String(item.id);
      else if (thought !== undefined) this.#reasoning.set(String(item.id), thought);
      if (store) this.#items.set(String(item.id), item);
    }
    if (store) this.#responses.set(id, { items: [...input, ...output] });
  }

  /** All that was said up to the end of a stored response. */
  response(id: string): Stored | undefined {
    return this.#responses.get(id);
  }

  item(id: string): JsonObject | undefined {
    return this.#items.get(id);
  }

  knows(id: string): boolean {
    return this.#items.has(id);
  }

  /** The reasoning item that came before the item of that id. */
  reasoningOf(id: string): string | undefined {
    return this.#reasoning.get(id);
  }
}
