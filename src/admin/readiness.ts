import { Hono } from "hono";

/** What the process still waits for before it may be sent traffic; owns that state. */
export class Readiness {
  readonly #pending: Set<string>;

  constructor(tasks: readonly string[]) {
    this.#pending = new Set(tasks);
  }

  /** A task has come to its end. */
  done(task: string): void {
    this.#pending.delete(task);
  }

  /** From now on the process is not ready again, for this reason. */
  begin(task: string): void {
    this.#pending.add(task);
  }

  /** The names of what is awaited, sorted; empty when ready. */
  get pending(): readonly string[] {
    return [...this.#pending].sort();
  }
}

/** `GET /healthz/ready`: 200 when ready, 500 with what is pending (the reference's statuses). */
export function readinessApp(readiness: Readiness): Hono {
  const app = new Hono();
  app.all("/healthz/ready", (c) => {
    if (c.req.method !== "GET" && c.req.method !== "HEAD") return c.body(null, 405);
    const { pending } = readiness;
    return pending.length === 0
      ? c.text("ready\n")
      : c.text(`not ready, pending: ${pending.join(", ")}\n`, 500);
  });
  app.notFound((c) => c.body(null, 404));
  return app;
}
