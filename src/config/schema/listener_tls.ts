import * as v from "valibot";
import type { Immutable } from "../../lib/immutable.ts";
import { closedObject } from "../../lib/closed_object.ts";
import { closedWords } from "../../lib/closed_words.ts";
import { later } from "../reference_keys.ts";
import { notTogether } from "./checks.ts";
import { Text } from "./text.ts";

const Version = closedWords(["TLS_V1_2", "TLS_V1_3"], ["TLS_V1_0", "TLS_V1_1"]);

const minVersion = v.exactOptional(v.pipe(
  Version,
  v.description(
    "Oldest version of TLS that clients may speak; TLS_V1_2 by default. " +
      "The same for all listeners of a port.",
  ),
));

const maxVersion = v.exactOptional(v.pipe(
  Version,
  v.description(
    "Newest version of TLS that clients may speak; TLS_V1_3 by default. " +
      "The same for all listeners of a port.",
  ),
));

const ONE_NAME = "they are two names for the same";

/** TLS of a listener. */
export const ListenerTls = v.pipe(
  closedObject({
    mode: v.exactOptional(v.pipe(
      closedWords(["static"], ["dynamicCa"]),
      v.description("Where the certificate is from: `static` is the one in `cert`."),
    )),
    cert: v.pipe(
      Text,
      v.description(
        "Path of a PEM file with the certificate, and those between it and its root. " +
          "Read again when it changes.",
      ),
    ),
    key: v.pipe(Text, v.description("Path of a PEM file with the certificate's private key.")),
    root: v.exactOptional(v.pipe(
      Text,
      v.description(
        "Path of a PEM file with root certificates; clients then have to show a certificate that " +
          "one of these has issued.",
      ),
    )),
    minTLSVersion: minVersion,
    minTlsVersion: minVersion,
    maxTLSVersion: maxVersion,
    maxTlsVersion: maxVersion,
  }, later("LocalTLSServerConfig")),
  notTogether("minTLSVersion", "minTlsVersion", ONE_NAME),
  notTogether("maxTLSVersion", "maxTlsVersion", ONE_NAME),
  v.description("Certificate and rules of TLS; clients then speak HTTPS."),
);

/** TLS of a listener as it is written. */
export type ListenerTlsConfig = Immutable<v.InferOutput<typeof ListenerTls>>;
