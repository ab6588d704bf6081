import { formatPath } from "../../config/diagnostic.ts";
import type { ProblemPath } from "../../config/normalised.ts";
import type { RequestMirrorConfig } from "../../config/schema/request_mirror.ts";
import type { Policy } from "../../policies/policy.ts";
import { requestMirror } from "../../policies/request_mirror.ts";
import type { CompileContext } from "../compile_context.ts";

/** How long a copy may take, with the answer to it. */
const COPY_MS_MAX = 60_000;

/** Compiles a mirror; `bodyBytesMax` is the configuration's limit of gathered bodies. */
export function compileRequestMirror(
  { backend, percentage }: RequestMirrorConfig,
  at: ProblemPath,
  context: CompileContext,
  bodyBytesMax: number,
): Policy | undefined {
  const callout = context.callout(backend, [...at, "backend"]);
  if (callout === undefined || percentage === 0) return undefined;
  const { environment } = context;
  return requestMirror({
    callout,
    fraction: percentage,
    bodyBytesMax,
    copyMsMax: COPY_MS_MAX,
    place: formatPath(at),
    environment,
  });
}
