import { isObject } from "../support/json.ts";
import { root } from "../support/gateway.ts";

function project(): Readonly<Record<string, unknown>> {
  const settings: unknown = JSON.parse(Deno.readTextFileSync(`${root}/deno.json`));
  if (!isObject(settings)) throw new Error("deno.json is no object");
  return settings;
}

/** The shell command of a task. */
export function taskCommand(name: string): string {
  const { tasks } = project();
  const task = isObject(tasks) ? tasks[name] : undefined;
  const command = isObject(task) ? task["command"] : task;
  if (typeof command !== "string") throw new Error(`deno.json has no task ${name}`);
  return command;
}

/** Names of environment variables that the tasks let the gateway read, `*` at the end of some. */
export function permittedVariables(): string[] {
  const { permissions } = project();
  const gateway = isObject(permissions) ? permissions["gateway"] : undefined;
  const env = isObject(gateway) ? gateway["env"] : undefined;
  const names = isObject(env) ? env["allow"] : undefined;
  return Array.isArray(names) ? names.map(String) : [];
}
