import { pathSegment } from "../path_segment.ts";
import type { PathCall } from "../provider.ts";

/** The paths of https://docs.aws.amazon.com/bedrock/latest/APIReference. */
export function pathOf({ api, model, streaming }: PathCall): string {
  switch (api) {
    case "bedrockRerank":
      return "/rerank";
    case "bedrockCount":
      return `/model/${pathSegment(model)}/count-tokens`;
    case "converse":
      return `/model/${pathSegment(model)}/${streaming ? "converse-stream" : "converse"}`;
    default:
      return `/model/${pathSegment(model)}/invoke`;
  }
}
