import * as v from "valibot";
import { closedObject } from "../../lib/closed_object.ts";
import { isMapping } from "../../lib/mapping.ts";
import { later } from "../reference_keys.ts";

/** The form of an `ai` backend that has groups of providers; `provider` is the schema of one. */
export function groupsOf<const Provider extends v.GenericSchema>(provider: Provider) {
  const group = closedObject({
    providers: v.pipe(
      v.array(provider),
      v.nonEmpty("must name a provider"),
      v.description("Providers that share the requests, the better one of two drawn at a time."),
    ),
  }, later("LocalAIProviders"));
  return closedObject({
    groups: v.pipe(
      v.array(group),
      v.nonEmpty("must have a group"),
      uniqueNames(),
      v.description("Groups of providers; one serves when all before it are left out."),
    ),
  }, later("LocalAIBackend"));
}

/** Names tell the providers of a backend apart, in the logs and when a session is pinned. */
function uniqueNames<Groups extends readonly unknown[]>() {
  return v.rawCheck<Groups>(({ dataset, addIssue }) => {
    const firstPlaces = new Map<unknown, string>();
    for (const { name, place, path } of namedProviders(dataset.value)) {
      const first = firstPlaces.get(name);
      if (first === undefined) firstPlaces.set(name, place);
      else addIssue({ message: `${JSON.stringify(name)} is already at ${first}`, path });
    }
  });
}

interface NamedProvider {
  readonly name: string;
  readonly place: string;
  readonly path: [v.IssuePathItem, ...v.IssuePathItem[]];
}

function namedProviders(groups: unknown): NamedProvider[] {
  if (!Array.isArray(groups)) return [];
  return groups.flatMap((group: unknown, groupIndex) => {
    if (!isMapping(group) || !Array.isArray(group.providers)) return [];
    const { providers } = group;
    return providers.flatMap((provider: unknown, index): NamedProvider[] => {
      if (!isMapping(provider) || typeof provider.name !== "string") return [];
      return [{
        name: provider.name,
        place: `groups.${groupIndex}.providers.${index}`,
        path: [
          { type: "array", origin: "value", input: groups, key: groupIndex, value: group },
          { type: "object", origin: "value", input: group, key: "providers", value: providers },
          { type: "array", origin: "value", input: providers, key: index, value: provider },
          {
            type: "object",
            origin: "value",
            input: provider,
            key: "name",
            value: provider.name,
          },
        ],
      }];
    });
  });
}
