import process from "node:process";
import { Gauge, type Registry } from "prom-client";
import type { FactsObserver } from "../gateway/facts.ts";
import { createFamilies, type Families } from "./families.ts";
import { genAiMetrics } from "./gen_ai_metrics.ts";
import { httpMetrics } from "./http_metrics.ts";
import { createLabelCap } from "./label_cap.ts";
import { lossMetrics } from "./loss_metrics.ts";
import { listsMetric } from "./metric_names.ts";
import { createSeriesTable } from "./series_table.ts";

/** What the process tells Prometheus. */
export interface Metrics {
  readonly observer: FactsObserver;
  /** Keeps series for the models that the configuration names, whatever clients ask for. */
  reserveModels(names: readonly string[]): void;
  /** Whether the config that is in force is the newest one. */
  setConfigSynchronized(isSynchronized: boolean): void;
}

interface MetricsOptions {
  readonly registry: Registry;
  readonly version: string;
  /** Names of metrics to leave out, as in the config's `metrics.remove`. */
  readonly removed: readonly string[];
}

/** Puts the metrics of the reference into the registry, as far as `Facts` can feed them. */
export function createMetrics({ registry, version, removed }: MetricsOptions): Metrics {
  const isShown = (name: string) => !listsMetric(removed, name);
  const families = createFamilies(registry, isShown);
  const cap = createLabelCap(foldCounter(families));
  const http = httpMetrics(families, cap);
  const genAi = genAiMetrics(families, cap);
  const losses = lossMetrics(families, cap);
  const registersOf = (name: string) => isShown(name) ? [registry] : [];

  addBuildInfo(registersOf, version);
  addMemory(registersOf);
  const synchronized = addConfigSynchronized(registersOf);
  return {
    observer: {
      settled(facts) {
        http.settled(facts);
        genAi.settled(facts);
        losses.settled(facts);
      },
    },
    reserveModels: (names) => cap.reserve("gen_ai_request_model", names),
    setConfigSynchronized: (isSynchronized) => synchronized.set(isSynchronized ? 1 : 0),
  };
}

type RegistersOf = (name: string) => Registry[];

function addBuildInfo(registersOf: RegistersOf, version: string): void {
  const name = "agentgateway_build_info";
  const help = "The version that is running.";
  new Gauge({ name, help, labelNames: ["tag"], registers: registersOf(name) })
    .set({ tag: version }, 1);
}

function addConfigSynchronized(registersOf: RegistersOf): Gauge {
  const name = "agentgateway_config_synchronized";
  const help = "Whether the newest config is in force: 0 after a failed reload.";
  const gauge = new Gauge({ name, help, registers: registersOf(name) });
  gauge.set(1);
  return gauge;
}

function addMemory(registersOf: RegistersOf): void {
  const name = "agentgateway_process_rss";
  new Gauge({
    name,
    help: "Resident memory of the process in bytes.",
    registers: registersOf(name),
    collect() {
      this.set(process.memoryUsage().rss);
    },
  });
}

function foldCounter(families: Families): (label: string) => void {
  const folded = families.counter({
    name: "agentgateway_metrics_label_values_folded_total",
    help: "How often a label value was replaced by `other`, so that series stay few.",
    labelNames: ["label"],
  });
  const labels = createSeriesTable(["label"], (labels) => folded.series(labels));
  return (label) => {
    labels([label]).value++;
  };
}
