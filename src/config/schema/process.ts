import * as v from "valibot";
import { closedObject } from "../../lib/closed_object.ts";
import { closedWords } from "../../lib/closed_words.ts";
import { later } from "../reference_keys.ts";
import { ListenAddressText, wholeNumber } from "./address.ts";
import { Keepalives } from "./connection.ts";
import { CostCatalogSources } from "./cost_catalog.ts";
import { CustomFunctions } from "./custom_functions.ts";
import { unionByShape } from "./decided_union.ts";
import { Session } from "./oidc.ts";
import { Redis } from "./redis.ts";
import { State } from "./state.ts";
import { Duration, LongDuration, Text } from "./text.ts";

const LEVELS = ["off", "error", "warn", "info", "debug", "trace"];

const LevelList = v.pipe(
  v.string(),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    for (const item of dataset.value.split(",").map((part) => part.trim())) {
      if (isLevelItem(item)) continue;
      addIssue({
        message: `expected ${LEVELS.join(", ")} or module=level`,
        input: item,
        expected: LEVELS.map((level) => `"${level}"`).join(" | "),
      });
    }
  }),
);

function isLevelItem(item: string): boolean {
  const [, level = ""] = /^(?:[\w:.-]+=)?(\w+)$/.exec(item) ?? [];
  return LEVELS.includes(level);
}

const Logging = closedObject({
  level: v.exactOptional(
    v.pipe(
      unionByShape([LevelList, v.array(LevelList)], "expected a level or a list of levels"),
      v.description(
        "Least severe level that is written, for all (`info`) or by module (`info,request=off`); " +
          "a list is the same with one entry a line. RUST_LOG in the environment wins.",
      ),
    ),
    "info",
  ),
  format: v.exactOptional(
    v.pipe(
      closedWords(["text", "json"]),
      v.description("How log lines are written. LOG_FORMAT in the environment wins."),
    ),
    "text",
  ),
}, later("RawLogging"));

const Metrics = closedObject({
  remove: v.exactOptional(
    v.pipe(v.array(Text), v.description("Names of metrics that are not collected.")),
    [],
  ),
}, later("RawMetrics"));

const Upstream = closedObject({
  connectTimeout: v.exactOptional(
    v.pipe(LongDuration, v.description("How long connecting to an upstream may take.")),
    "10s",
  ),
  poolIdleTimeout: v.exactOptional(
    v.pipe(Duration, v.description("How long an idle upstream connection is kept for reuse.")),
    "90s",
  ),
  poolMaxSize: v.exactOptional(v.pipe(
    wholeNumber(0),
    v.description("Most idle connections kept for one upstream; without it there is no limit."),
  )),
  keepalives: v.exactOptional(Keepalives),
}, later("BackendConfig"));

const ADDRESS_FORMS = "Forms: `ip:port`, `localhost:port`, `unix:/path`, `off`.";

/** Settings of the process itself; read at the start, not on reload. */
export const ProcessSettings = closedObject({
  adminAddr: v.exactOptional(
    v.pipe(
      ListenAddressText,
      v.description(`Where the admin endpoints listen. ${ADDRESS_FORMS}`),
    ),
    "localhost:15000",
  ),
  statsAddr: v.exactOptional(v.pipe(
    ListenAddressText,
    v.description(
      `Where /metrics listens; by default port 15020 of all addresses. ${ADDRESS_FORMS}`,
    ),
  )),
  readinessAddr: v.exactOptional(v.pipe(
    ListenAddressText,
    v.description(
      `Where the readiness probe listens; by default port 15021 of all addresses. ${ADDRESS_FORMS}`,
    ),
  )),
  enableIpv6: v.exactOptional(
    v.pipe(v.boolean(), v.description("Whether listeners accept IPv6 beside IPv4.")),
    true,
  ),
  logging: v.exactOptional(v.pipe(Logging, v.description("The log.")), {}),
  metrics: v.exactOptional(v.pipe(Metrics, v.description("The metrics.")), {}),
  backend: v.exactOptional(v.pipe(Upstream, v.description("Connections to upstreams.")), {}),
  modelCatalog: v.exactOptional(
    v.pipe(
      CostCatalogSources,
      v.description("Prices of models, over those built in; files of it are watched."),
    ),
    [],
  ),
  customFunctions: v.exactOptional(
    v.pipe(CustomFunctions, v.description("Functions of CEL for all expressions.")),
    "",
  ),
  session: v.exactOptional(v.pipe(Session, v.description("Sessions of people who log in."))),
  redis: v.exactOptional(v.pipe(
    Redis,
    v.description("A Redis in which several gateways count limits and budgets together."),
  )),
  state: v.exactOptional(
    v.pipe(State, v.description("What the gateway remembers over a restart.")),
    {},
  ),
  connectionTerminationDeadline: v.exactOptional(v.pipe(
    Duration,
    v.description(
      "How long a shutdown waits for open connections before it cuts them; by default 5s, or a " +
        "little less than TERMINATION_GRACE_PERIOD_SECONDS where that is set.",
    ),
  )),
  connectionMinTerminationDeadline: v.exactOptional(
    v.pipe(
      Duration,
      v.description("How long a shutdown goes on serving as before, at the least."),
    ),
    "0s",
  ),
}, later("RawConfig"));
