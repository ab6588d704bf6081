/**
 * Headers on their way upstream, by lower-case name.
 *
 * A plain record: the runtimes' own `Headers` cost more than routing does, once to copy and once
 * more when `fetch` reads them.
 */
export type HeaderRecord = Record<string, string>;

/** What edits need of a set of headers; `Headers` has it already. */
export type EditableHeaders = Pick<Headers, "append" | "set" | "delete">;

/** A record through the methods of `Headers`. */
export function editable(record: HeaderRecord): EditableHeaders {
  return {
    append(name, value) {
      const key = name.toLowerCase();
      const present = record[key];
      record[key] = present === undefined ? value : `${present}, ${value}`;
    },
    set(name, value) {
      record[name.toLowerCase()] = value;
    },
    delete(name) {
      delete record[name.toLowerCase()];
    },
  };
}
