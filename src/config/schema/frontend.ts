import * as v from "valibot";
import { closedObject } from "../../lib/closed_object.ts";
import { later } from "../reference_keys.ts";
import { FrontendTls } from "./connection.ts";
import { wholeNumber } from "./address.ts";

const FrontendHttp = closedObject({
  maxBufferSize: v.exactOptional(
    v.pipe(
      wholeNumber(1),
      v.description("Largest request body, in bytes, that the gateway reads; beyond it is a 413."),
    ),
    2_097_152,
  ),
}, later("FrontendHTTP"));

/** What holds for all traffic from clients. */
export const FrontendPolicies = closedObject({
  http: v.exactOptional(v.pipe(FrontendHttp, v.description("HTTP from clients.")), {}),
  tls: v.exactOptional(v.pipe(FrontendTls, v.description("TLS from clients.")), {}),
}, later("LocalFrontendPolicies"));
