import type { FactsObserver } from "../gateway/facts.ts";
import { HTTP_SECONDS, PROCESSING_SECONDS } from "./buckets.ts";
import { type Families, observe } from "./families.ts";
import { type LabelCap, UNKNOWN } from "./label_cap.ts";
import { ROUTE_LABELS, routeLabelValues } from "./route_labels.ts";
import { createSeriesTable } from "./series_table.ts";

const METHODS: ReadonlySet<string> = new Set(
  ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE"],
);

/** Counts every request, whatever became of it. */
export function httpMetrics(families: Families, cap: LabelCap): FactsObserver {
  const exchanges = exchangeTable(families);
  const works = workTable(families);
  const calls = callTable(families);
  return {
    settled(facts) {
      const { backend = UNKNOWN, protocol, status, reason, responseBytes } = facts;
      const { startedMs, upstreamSentMs, upstreamHeadersMs, responseReadyMs, endedMs } = facts;
      const method = cap.foldUnlisted("method", facts.method, METHODS);
      const route = routeLabelValues(facts);

      const exchange = exchanges([backend, protocol, method, `${status}`, reason, ...route]);
      exchange.requests.value++;
      exchange.bytes.value += responseBytes;
      observe(exchange.seconds, (endedMs - startedMs) / 1000);

      if (upstreamSentMs === undefined) return;
      const work = works([backend, ...route]);
      observe(work.requestSeconds, (upstreamSentMs - startedMs) / 1000);

      if (upstreamHeadersMs === undefined) return;
      const call = calls(["Primary", protocol === "llm" ? "Llm" : "Http"]);
      observe(call.seconds, (upstreamHeadersMs - upstreamSentMs) / 1000);

      if (responseReadyMs === undefined) return;
      observe(work.responseSeconds, (responseReadyMs - upstreamHeadersMs) / 1000);
    },
  };
}

function exchangeTable(families: Families) {
  const labelNames = ["backend", "protocol", "method", "status", "reason", ...ROUTE_LABELS];
  const requests = families.counter({
    name: "agentgateway_requests_total",
    help: "HTTP requests, counted when they have ended.",
    labelNames,
  });
  const bytes = families.counter({
    name: "agentgateway_response_bytes_total",
    help: "Bytes of response bodies sent to clients.",
    labelNames,
  });
  const seconds = families.histogram({
    name: "agentgateway_request_duration_seconds",
    help: "Time from a request's arrival to the last byte of its response.",
    labelNames,
    buckets: HTTP_SECONDS,
  });
  return createSeriesTable(labelNames, (labels) => ({
    requests: requests.series(labels),
    bytes: bytes.series(labels),
    seconds: seconds.series(labels),
  }));
}

function workTable(families: Families) {
  const labelNames = ["backend", ...ROUTE_LABELS];
  const requestSeconds = families.histogram({
    name: "agentgateway_request_processing_seconds",
    help: "Time from a request's arrival until it was sent upstream.",
    labelNames,
    buckets: PROCESSING_SECONDS,
  });
  const responseSeconds = families.histogram({
    name: "agentgateway_response_processing_seconds",
    help: "Time from the upstream's headers until the response could be sent to the client.",
    labelNames,
    buckets: PROCESSING_SECONDS,
  });
  return createSeriesTable(labelNames, (labels) => ({
    requestSeconds: requestSeconds.series(labels),
    responseSeconds: responseSeconds.series(labels),
  }));
}

function callTable(families: Families) {
  const labelNames = ["kind", "subtype"];
  const seconds = families.histogram({
    name: "agentgateway_upstream_call_duration_seconds",
    help: "Time from sending a request upstream to the headers of its response.",
    labelNames,
    buckets: HTTP_SECONDS,
  });
  return createSeriesTable(labelNames, (labels) => ({ seconds: seconds.series(labels) }));
}
