import { GatewayError } from "../../errors.ts";
import type { GrpcCaller } from "../../lib/grpc/channel.ts";
import {
  decodeAnswer,
  type Descriptor,
  encodeRequest,
  METHOD,
  type RateLimitAnswer,
} from "./messages.ts";

/** A service that counts, and what becomes of requests when it cannot be asked. */
export interface RateLimitService {
  /** Undefined where the service cannot be asked, and requests pass for that. */
  ask(
    descriptors: readonly Descriptor[],
    signal: AbortSignal,
  ): Promise<RateLimitAnswer | undefined>;
  /** Tells the service what a request counted beside; what does not reach it is lost. */
  tell(descriptors: readonly Descriptor[]): void;
}

/** How a service is asked. */
export interface ServiceSettings {
  readonly caller: GrpcCaller;
  readonly domain: string;
  readonly timeoutMs: number;
  readonly failsOpen: boolean;
  /** Is told why the service could not be asked. */
  failed(reason: string): void;
}

/** Asks a service by Envoy's protocol. */
export function rateLimitService(settings: ServiceSettings): RateLimitService {
  const { caller, domain, timeoutMs, failsOpen, failed } = settings;

  async function ask(
    descriptors: readonly Descriptor[],
    signal: AbortSignal,
  ): Promise<RateLimitAnswer> {
    const request = encodeRequest(domain, descriptors);
    const answer = decodeAnswer(await caller.call(METHOD, request, { signal, timeoutMs }));
    if (answer.isOver === undefined) throw new Error("the service does not know the limits");
    return answer;
  }

  return {
    async ask(descriptors, signal) {
      try {
        return await ask(descriptors, signal);
      } catch (cause) {
        signal.throwIfAborted();
        failed(reasonOf(cause));
        if (failsOpen) return undefined;
        throw new GatewayError("internal", "rate limit failed", {
          code: "rate_limit_failed",
          reason: "RateLimit",
          cause,
        });
      }
    },
    tell(descriptors) {
      ask(descriptors, NEVER).catch((cause: unknown) => failed(reasonOf(cause)));
    },
  };
}

/** The client of a request that has ended may well be gone. */
const NEVER = new AbortController().signal;

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
