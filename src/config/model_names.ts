import type { BackendConfig, Normalised } from "./normalised.ts";

/** The models that a configuration names exactly, as clients ask for them and as they are sent. */
export function modelNamesIn({ ports }: Normalised): readonly string[] {
  const backends = ports.flatMap(({ listeners }) => listeners)
    .flatMap(({ routes }) => routes)
    .flatMap((route) => route.backends.map(({ backend }) => backend));
  return [...new Set(backends.flatMap(namesIn))].filter((name) => !name.includes("*"));
}

function namesIn(backend: BackendConfig): string[] {
  if (backend.type === "host") return [];
  const models = backend.type === "models" ? backend.models : [{ target: backend.target }];
  return models.flatMap((model) => [
    ...("name" in model ? [model.name] : []),
    ...(model.target.model === undefined ? [] : [model.target.model]),
  ]);
}
