import type { Fault } from "../chat/fault.ts";

/** What is wrong with a stream that stops without having said that it is over. */
export const UPSTREAM_CUT: Fault = {
  status: 502,
  message: "the provider's answer broke off before its end",
  code: "upstream_cut",
};
