import { isMapping } from "../../../lib/mapping.ts";
import type { Callout } from "../../callout.ts";
import type { Guard } from "../guard.ts";
import { ask, unexpected } from "./ask.ts";
import { PASS, REJECT, serviceGuard, type ServiceSettings } from "./service_guard.ts";
import { textWindows } from "./text_windows.ts";

/** A Content Safety resource, and what it looks for. */
export interface ContentSafetySettings extends ServiceSettings {
  readonly callout: Callout;
  readonly analyzeText?: AnalyzeText | undefined;
  readonly detectJailbreak?: { readonly apiVersion: string } | undefined;
}

/** Harmful content and words of blocklists. */
export interface AnalyzeText {
  readonly apiVersion: string;
  readonly severityThreshold: number;
  readonly blocklistNames?: readonly string[] | undefined;
  readonly haltOnBlocklistHit?: boolean | undefined;
}

/** Code points that the API takes at once. */
const ANALYZE_MAX = 10_000;
const JAILBREAK_MAX = 1_000;

/** Requests for one text that run at the same time. */
const PARALLEL_MAX = 8;

/**
 * Rejects harmful content, words of blocklists, and in requests jailbreaks:
 * https://learn.microsoft.com/rest/api/contentsafety/text-operations
 */
export function contentSafetyGuard(settings: ContentSafetySettings): Guard {
  const { callout, analyzeText, detectJailbreak } = settings;
  return serviceGuard(settings, async (texts, { phase, signal }) => {
    const text = texts.map((one) => one.text).join("\n");
    const questions = [
      ...(analyzeText === undefined ? [] : analysis(text, analyzeText)),
      ...(detectJailbreak === undefined || phase === "response"
        ? []
        : jailbreak(text, detectJailbreak.apiVersion)),
    ];
    for (let at = 0; at < questions.length; at += PARALLEL_MAX) {
      const found = await Promise.all(
        questions.slice(at, at + PARALLEL_MAX).map(async ({ path, body, isHarmful }) =>
          isHarmful(await ask(callout, { path, body, signal }))
        ),
      );
      if (found.includes(true)) return REJECT;
    }
    return PASS;
  });
}

interface SafetyQuestion {
  readonly path: string;
  readonly body: unknown;
  isHarmful(reply: unknown): boolean;
}

function analysis(text: string, settings: AnalyzeText): readonly SafetyQuestion[] {
  const { apiVersion, severityThreshold, blocklistNames, haltOnBlocklistHit } = settings;
  return textWindows(text, ANALYZE_MAX).map((window) => ({
    path: `/contentsafety/text:analyze?api-version=${apiVersion}`,
    body: { text: window, blocklistNames, haltOnBlocklistHit },
    isHarmful(reply) {
      const { categoriesAnalysis, blocklistsMatch = [] } = isMapping(reply) ? reply : {};
      if (!Array.isArray(categoriesAnalysis)) throw unexpected("categoriesAnalysis");
      if (!Array.isArray(blocklistsMatch)) throw unexpected("blocklistsMatch");
      const severities = categoriesAnalysis.map((one: unknown) =>
        isMapping(one) ? one["severity"] : undefined
      );
      if (!severities.every((severity) => typeof severity === "number")) {
        throw unexpected("severity");
      }
      return blocklistsMatch.length > 0 ||
        severities.some((severity) => severity >= severityThreshold);
    },
  }));
}

function jailbreak(text: string, apiVersion: string): readonly SafetyQuestion[] {
  return textWindows(text, JAILBREAK_MAX).map((window) => ({
    path: `/contentsafety/text:detectJailbreak?api-version=${apiVersion}`,
    body: { text: window },
    isHarmful(reply) {
      const found = isMapping(reply) ? reply["jailbreakAnalysis"] : undefined;
      const detected = isMapping(found) ? found["detected"] : undefined;
      if (typeof detected !== "boolean") throw unexpected("jailbreakAnalysis");
      return detected;
    },
  }));
}
