import type { BackendConfig, Normalised, TargetConfig } from "./normalised.ts";

/** The models that a configuration names exactly, as clients ask for them and as they are sent. */
export function modelNamesIn({ ports }: Normalised): readonly string[] {
  const backends = ports.flatMap(({ listeners }) => listeners)
    .flatMap(({ routes }) => routes)
    .flatMap((route) => route.backends.map(({ backend }) => backend));
  return [...new Set(backends.flatMap(namesIn))].filter((name) => !name.includes("*"));
}

function namesIn(backend: BackendConfig): string[] {
  switch (backend.type) {
    case "host":
      return [];
    case "ai":
      return backend.groups.flat().flatMap(sentName);
    case "models":
      return [
        ...backend.virtualModels.map(({ name }) => name),
        ...backend.models.flatMap(({ name, target }) => [name, ...sentName(target)]),
      ];
  }
}

function sentName({ model }: TargetConfig): string[] {
  return model === undefined ? [] : [model];
}
