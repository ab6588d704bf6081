import { looksAtBody } from "../expression_values.ts";
import type { Policy } from "../policy.ts";
import { transformRequest } from "./request.ts";
import { responseTransformer } from "./response.ts";
import { expressionsOf, type Transform } from "./transform.ts";

/** What is done to requests and to their responses. */
export interface TransformationSettings {
  readonly request: Transform | undefined;
  readonly response: Transform | undefined;
  /** The largest body of a response that is gathered to be looked at. */
  readonly bodyBytesMax: number;
}

/** Changes requests and responses to what expressions say. */
export function transformations(settings: TransformationSettings): Policy {
  const { request, response } = settings;
  const needsBody = request !== undefined && looksAtBody(expressionsOf(request), "request");
  const attach = response === undefined
    ? undefined
    : responseTransformer(response, settings.bodyBytesMax);
  return {
    name: "transformations",
    apply(subject) {
      attach?.(subject);
      if (request === undefined) return undefined;
      if (!needsBody) return transformRequest(request, subject);
      return subject.body().then(() => transformRequest(request, subject));
    },
  };
}
