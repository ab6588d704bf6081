import type { JsonEdits } from "../../lib/json_edit.ts";
import { isMapping } from "../../lib/mapping.ts";
import type { ProviderCall } from "../provider.ts";

/**
 * Names the model by its ARN, which holds the region
 * (https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent-runtime_Rerank.html).
 */
export function rerankEdits({ request, model }: ProviderCall, region: string): JsonEdits {
  const configuration = mappingIn(request, "rerankingConfiguration");
  const bedrock = mappingIn(configuration, "bedrockRerankingConfiguration");
  const named = mappingIn(bedrock, "modelConfiguration");
  const modelArn = model.startsWith("arn:")
    ? model
    : `arn:aws:bedrock:${region}::foundation-model/${model}`;
  return {
    set: {
      rerankingConfiguration: {
        ...configuration,
        bedrockRerankingConfiguration: {
          ...bedrock,
          modelConfiguration: { ...named, modelArn },
        },
      },
    },
  };
}

function mappingIn(object: Readonly<Record<string, unknown>>, name: string) {
  const value = object[name];
  return isMapping(value) ? value : {};
}
