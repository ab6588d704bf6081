import * as v from "valibot";
import type { Immutable } from "../../lib/immutable.ts";
import { closedObject } from "../../lib/closed_object.ts";
import { isMapping } from "../../lib/mapping.ts";
import { later } from "../reference_keys.ts";
import { wholeNumber } from "./address.ts";
import { exactlyOneOf, keyCheck } from "./checks.ts";
import { LongDuration, Text } from "./text.ts";

const model = v.pipe(
  Text,
  v.description("A model of llm.models, or a name that a pattern of theirs covers."),
);

const Weighted = closedObject({
  targets: v.pipe(
    v.array(closedObject({
      model,
      weight: v.exactOptional(
        v.pipe(
          wholeNumber(0),
          v.description("Share of the requests, relative to the other targets."),
        ),
        1,
      ),
    }, later("LocalLLMWeightedTarget"))),
    v.nonEmpty("must have a target"),
    v.description("Models of which each request gets one, drawn by weight."),
  ),
}, later("LocalLLMWeightedRouting"));

const Conditional = closedObject({
  targets: v.pipe(
    v.array(closedObject({
      when: v.exactOptional(v.pipe(
        Text,
        v.description(
          "CEL: whether a request gets this model, by `request`, `llmRequest` (its body) and who " +
            "it is from; only the last target may leave it out.",
        ),
      )),
      model,
    }, later("LocalLLMConditionalTarget"))),
    v.nonEmpty("must have a target"),
    onlyLastWithoutWhen(),
    v.description("Models with conditions; a request gets the first whose condition is true."),
  ),
}, later("LocalLLMConditionalRouting"));

const STATUS_MIN = 400;
const STATUS_MAX = 599;
const ATTEMPTS_MAX = 20;

const Retry = v.pipe(
  closedObject({
    enabled: v.exactOptional(v.pipe(
      v.boolean(),
      v.description("Whether a request that fails at one target goes to the next; true."),
    )),
    attempts: v.exactOptional(v.pipe(
      wholeNumber(1, ATTEMPTS_MAX),
      v.description("How many tries follow the first; by default one for each other target."),
    )),
    codes: v.exactOptional(v.pipe(
      v.array(wholeNumber(STATUS_MIN, STATUS_MAX)),
      v.description(
        "Statuses that send a request to the next target; by default 401, 402, 403, 404, 408, " +
          "409, 424, 425, 429 and 500 to 599. No answer at all always does.",
      ),
    )),
    perTryTimeout: v.exactOptional(v.pipe(
      LongDuration,
      v.description("How long a target may take to begin its answer."),
    )),
    firstTokenTimeout: v.exactOptional(v.pipe(
      LongDuration,
      v.description("How long a target may take to stream the first piece of content."),
    )),
  }, []),
  keyCheck((value) =>
    value.enabled === false
      ? ["attempts", "codes"].filter((key) => Object.hasOwn(value, key)).map((key) => ({
        path: [key],
        message: "has no effect where enabled is false",
      }))
      : []
  ),
  v.description("What one request does when a target fails it."),
);

const Failover = closedObject({
  targets: v.pipe(
    v.array(closedObject({
      model,
      priority: v.pipe(
        wholeNumber(0),
        v.description("Targets of the lowest number serve first; equals share the requests."),
      ),
    }, later("LocalLLMFailoverTarget"))),
    v.nonEmpty("must have a target"),
    v.description("Models that stand in for each other."),
  ),
  retry: v.exactOptional(Retry),
}, later("LocalLLMFailoverRouting"));

/** A name that clients ask for and models that serve it. */
export const VirtualModel = closedObject({
  name: v.pipe(
    Text,
    v.check((name) => !name.includes("*"), 'must not contain "*": clients ask for the whole name'),
    v.description("Model that clients ask for; it wins over a model of this name."),
  ),
  routing: v.pipe(
    closedObject({
      weighted: v.exactOptional(v.pipe(Weighted, v.description("Shares the requests."))),
      failover: v.exactOptional(v.pipe(Failover, v.description("Has stand-ins."))),
      conditional: v.exactOptional(v.pipe(Conditional, v.description("Looks at the request."))),
    }, later("LocalLLMVirtualModelRouting")),
    exactlyOneOf(["weighted", "failover", "conditional"]),
    v.description("Which of the models serves a request."),
  ),
}, later("LocalLLMVirtualModel"));

/** A virtual model as it is written. */
export type VirtualModelEntry = Immutable<v.InferOutput<typeof VirtualModel>>;

function onlyLastWithoutWhen<Targets extends readonly unknown[]>() {
  return v.rawCheck<Targets>(({ dataset, addIssue }) => {
    const targets: unknown = dataset.value;
    if (!Array.isArray(targets)) return;
    for (const [index, target] of targets.slice(0, -1).entries()) {
      if (!isMapping(target) || Object.hasOwn(target, "when")) continue;
      addIssue({
        message: "must have a condition (when): only the last target may leave it out",
        path: [{ type: "array", origin: "value", input: targets, key: index, value: target }],
      });
    }
  });
}
