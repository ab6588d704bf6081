import { Readable } from "node:stream";
import { type HttpRequest, HttpResponse } from "@smithy/core/protocols";

/**
 * Carries the requests of AWS's SDK over HTTP/1.1 by `fetch`; its own handler for Bedrock insists
 * on HTTP/2.
 */
export const fetchHandler = {
  async handle(request: HttpRequest): Promise<{ response: HttpResponse }> {
    const { protocol, hostname, port, path, method, headers, body } = request;
    const query = new URLSearchParams(
      Object.entries(request.query).map(([k, v]) => [k, String(v)]),
    );
    const search = query.size === 0 ? "" : `?${query}`;
    const response = await fetch(`${protocol}//${hostname}:${port}${path}${search}`, {
      method,
      headers,
      body,
    });
    return {
      response: new HttpResponse({
        statusCode: response.status,
        headers: Object.fromEntries(response.headers),
        body: Readable.from(response.body ?? [], { objectMode: false }),
      }),
    };
  },
};
