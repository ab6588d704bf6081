/**
 * A copy for policies to edit, without what a client declares to belong to its connection: it must
 * not name a header that a policy sets, and so have it dropped.
 */
export function withoutConnections(received: Headers): Headers {
  const headers = new Headers(received);
  for (const name of listedBy(received)) headers.delete(name);
  headers.delete("connection");
  return headers;
}

/** Headers that the `connection` header declares to belong to the connection. */
export function listedBy(received: Headers): readonly string[] {
  const listed = received.get("connection");
  if (listed === null || listed === "keep-alive" || listed === "close") return [];
  return listed.toLowerCase().split(",").map((name) => name.trim())
    .filter((name) => /^[\w!#$%&'*+.^`|~-]+$/.test(name));
}
