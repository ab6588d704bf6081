import {
  choice,
  each,
  hole,
  itemsOf,
  joined,
  list,
  object,
  text,
  UNKNOWN,
  type Value,
} from "./value.ts";

/** Calls a function of the tests. */
export type Apply = (callee: Value, args: readonly Value[]) => Value;

/** What a call of the language's own functions gives; undefined for all other calls. */
export function builtIn(
  source: string,
  receiver: Value,
  method: string,
  args: readonly Value[],
  apply: Apply,
): Value | undefined {
  const [first = UNKNOWN, second = UNKNOWN] = args;
  switch (`${source}.${method}`) {
    case "Object.entries":
      return each(
        first,
        (one) => list(entriesOf(one).map(([key, value]) => list([text(key), value]))),
      );
    case "Object.values":
      return each(first, (one) => list(entriesOf(one).map(([, value]) => value)));
    case "Object.keys":
      return each(first, (one) => list(entriesOf(one).map(([key]) => text(key))));
    case "Object.fromEntries":
      return object(itemsOf(first).flatMap(pairsOf));
    case "Object.assign":
      return object(args.flatMap(entriesOf));
    case "Object.freeze":
    case "Promise.resolve":
    case "Promise.all":
      return first;
    case "JSON.stringify":
      return hole(first);
    case "Array.from":
      return args.length > 1 ? list([apply(second, [UNKNOWN, UNKNOWN])]) : first;
  }
  if (receiver.type === "text" || receiver.type === "choice" && METHODS_OF_TEXT.has(method)) {
    return each(receiver, (one) => methodOfText(one, method, args));
  }
  const isList = receiver.type === "list" ||
    receiver.type === "choice" && receiver.options.some(({ type }) => type === "list");
  return isList ? each(receiver, (one) => methodOfList(one, method, args, apply)) : undefined;
}

function entriesOf(value: Value): readonly (readonly [string, Value])[] {
  if (value.type === "choice") return value.options.flatMap(entriesOf);
  return value.type === "object" ? [...value.members] : [];
}

/** A list of a key and a value, as a member of an object. */
function pairsOf(pair: Value): readonly (readonly [string, Value])[] {
  if (pair.type === "choice") return pair.options.flatMap(pairsOf);
  if (pair.type !== "list") return [];
  const [key, value] = pair.items;
  return key?.type === "text" && value !== undefined ? [[key.text, value]] : [];
}

const METHODS_OF_TEXT = new Set(["trim", "trimStart", "trimEnd", "replace", "replaceAll"]);

function methodOfText(value: Value, method: string, args: readonly Value[]): Value {
  if (value.type !== "text") return UNKNOWN;
  if (method.startsWith("trim")) return value;
  const [from, to = UNKNOWN] = args;
  if (!method.startsWith("replace") || from?.type !== "text" || from.text === "") return UNKNOWN;
  const parts = value.text.split(from.text).map((part) => text(part, value.holes));
  return joined(parts.flatMap((part, index) => index === 0 ? [part] : [to, part]));
}

function methodOfList(
  value: Value,
  method: string,
  args: readonly Value[],
  apply: Apply,
): Value {
  const [first = UNKNOWN] = args;
  const items = itemsOf(value);
  switch (method) {
    case "map":
      return list(items.map((item) => apply(first, [item])));
    case "flatMap":
      return list(items.flatMap((item) => itemsOf(apply(first, [item]))));
    case "join":
      return joined(items, first.type === "text" ? first.text : ",");
    case "concat":
      return list([...items, ...args.flatMap(itemsOf)]);
    case "filter":
    case "slice":
    case "sort":
    case "toSorted":
    case "reverse":
    case "toReversed":
      return value;
    case "flat":
      return list(items.flatMap(itemsOf));
    case "at":
    case "find":
      return choice(items);
    default:
      return UNKNOWN;
  }
}
