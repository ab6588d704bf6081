import { isIP } from "node:net";
import * as v from "valibot";
import type { Immutable } from "../../lib/immutable.ts";
import { closedObject } from "../../lib/closed_object.ts";
import { closedWords } from "../../lib/closed_words.ts";
import { later } from "../reference_keys.ts";
import { keyCheck, needs } from "./checks.ts";
import { Text } from "./text.ts";

const SERVER_NAME = "expected a host name or an IP address";

const ServerName = v.pipe(
  v.string(SERVER_NAME),
  v.check(
    (text) => isIP(text) !== 0 || /^[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?$/i.test(text),
    SERVER_NAME,
  ),
);

/** TLS to an upstream. */
export const BackendTls = v.pipe(
  closedObject({
    root: v.exactOptional(v.pipe(
      Text,
      v.description(
        "Path of a PEM file with the root certificates to trust in place of the system's.",
      ),
    )),
    cert: v.exactOptional(v.pipe(
      Text,
      v.description("Path of a PEM file with the certificate to show to the upstream."),
    )),
    key: v.exactOptional(v.pipe(
      Text,
      v.description("Path of a PEM file with the private key of `cert`."),
    )),
    hostname: v.exactOptional(v.pipe(
      ServerName,
      v.description(
        "Name to ask the upstream for and to verify its certificate by; its host by default.",
      ),
    )),
    insecure: v.exactOptional(v.pipe(
      v.boolean(),
      v.description("Whether any certificate is accepted: whoever is in between can read all."),
    )),
    insecureHost: v.exactOptional(v.pipe(
      v.boolean(),
      v.description("Whether a trusted certificate is accepted whatever its names are."),
    )),
    alpn: v.exactOptional(v.pipe(
      v.array(closedWords(["http/1.1"], ["h2"])),
      v.nonEmpty("must not be empty"),
      v.description("Protocols to offer in the handshake; none by default."),
    )),
    subjectAltNames: v.exactOptional(v.pipe(
      v.array(Text),
      v.nonEmpty("must not be empty"),
      v.description(
        "Names of which the certificate may have one in place of `hostname`: DNS names, IP " +
          "addresses or URIs.",
      ),
    )),
  }, later("LocalBackendTLS")),
  needs("cert", "key"),
  needs("key", "cert"),
  keyCheck((value) =>
    ["root", "subjectAltNames", "insecureHost"].flatMap((key) =>
      value.insecure === true && Object.hasOwn(value, key) && value[key] !== false
        ? [{ path: [key] as const, message: "has no effect where insecure is true" }]
        : []
    )
  ),
  v.description("TLS to the upstream, trusting the system's certificates: `{}`."),
);

/** TLS to an upstream as it is written. */
export type BackendTlsConfig = Immutable<v.InferOutput<typeof BackendTls>>;
