import type { HeadChanges, Subject } from "../subject.ts";
import { changesOf, editHeaders, metadataOf, type Transform } from "./transform.ts";

/** Changes a request; expressions see it as it was, but for the metadata. */
export function transformRequest(transform: Transform, subject: Subject): undefined {
  addMetadata(transform, subject);
  const changes = changesOf(transform, subject.variables);
  let head: HeadChanges = {};
  subject.editHeaders((headers) => {
    editHeaders(headers, changes, (name, value) => {
      head = { ...head, ...headChange(name, value) };
    });
    // Later policies judge a body by its length before they read it.
    if (changes.body !== undefined) headers.set("content-length", String(changes.body.length));
  });
  subject.rewrite(head);
  if (changes.body !== undefined) subject.replaceBody(changes.body);
}

/** Adds to what later expressions see as `metadata`. */
export function addMetadata(
  transform: Transform,
  { identity, variables }: Pick<Subject, "identity" | "variables">,
): void {
  if (transform.metadata.length === 0) return;
  identity.metadata = { ...identity.metadata, ...metadataOf(transform, variables) };
}

/** Nothing where the value is not legal in its place. */
function headChange(name: string, value: string): HeadChanges {
  switch (name) {
    case ":method":
      return /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(value) ? { method: value } : {};
    case ":path":
      return pathChange(value);
    case ":authority":
      return /^(?:[\w.~-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i.test(value) ? { authority: value } : {};
    case ":scheme":
      return value === "http" || value === "https" ? { scheme: value } : {};
    default:
      return {};
  }
}

function pathChange(value: string): HeadChanges {
  if (!/^\/[\x21\x22\x24-\x7e]*$/.test(value)) return {};
  const mark = value.indexOf("?");
  return mark < 0
    ? { path: value, query: "" }
    : { path: value.slice(0, mark), query: value.slice(mark) };
}
