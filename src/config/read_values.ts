import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  type ParsedNode,
  Scalar,
  type YAMLMap,
  type YAMLSeq,
} from "yaml";
import { type Environment, expand } from "./expand.ts";

/** Path of a node: the keys and indexes that lead to it. */
export type NodePath = readonly (string | number)[];

/** A mistake at a node, found before the schema is asked. */
export interface NodeProblem {
  readonly node: Node;
  readonly path: NodePath;
  readonly message: string;
}

/** The variables that a scalar came from. */
export interface Origin {
  readonly names: readonly string[];
  /** Whether it was written without quotes, so that it can be a number. */
  readonly plain: boolean;
}

/** What a document says, variables expanded and aliases followed. */
export interface Values {
  readonly value: unknown;
  readonly problems: readonly NodeProblem[];
  /** The nodes of the problems. */
  readonly troubled: ReadonlySet<Node>;
  /** Where the values of scalars came from, if from variables. */
  readonly origins: ReadonlyMap<Node, Origin>;
  readonly targets: ReadonlyMap<Alias, Node>;
}

/** Deeper nesting than any configuration needs. */
const DEPTH_MAX = 100;

/** Aliases repeat what they refer to; without a bound a few lines could stand for billions. */
const VALUES_MAX = 500_000;

/** `valibot` and JavaScript objects give these keys a meaning of their own. */
const FORBIDDEN_KEYS = ["__proto__", "constructor", "prototype"];

/** Reads the values of a document; every mistake is a problem, none is an exception. */
export function readValues(document: Document<ParsedNode>, environment: Environment): Values {
  const reading: Reading = {
    document,
    environment,
    problems: [],
    origins: new Map(),
    targets: new Map(),
    anchors: new Map(),
    done: new Map(),
    size: 0,
  };
  const { value } = readNode(reading, document.contents, []);
  const troubled = new Set(reading.problems.map(({ node }) => node));
  return { value, troubled, ...reading };
}

interface Reading {
  readonly document: Document<ParsedNode>;
  readonly environment: Environment;
  readonly problems: NodeProblem[];
  readonly origins: Map<Node, Origin>;
  readonly targets: Map<Alias, Node>;
  /** The last node of each anchor so far, as YAML has it. */
  readonly anchors: Map<string, Node>;
  /** Nodes that are read to their end. */
  readonly done: Map<Node, Read>;
  /** Values so far, those of aliases counted at every use. */
  size: number;
}

interface Read {
  readonly value: unknown;
  readonly size: number;
  readonly height: number;
}

const NOTHING: Read = { value: null, size: 1, height: 1 };

function readNode(reading: Reading, node: Node | null, path: NodePath): Read {
  if (node === null) return NOTHING;
  if (isAlias(node)) return readAlias(reading, node, path);
  if (!isScalar(node) && path.length >= DEPTH_MAX) {
    return refuse(reading, { node, path, message: tooDeep });
  }
  if ("anchor" in node && node.anchor !== undefined) reading.anchors.set(node.anchor, node);
  reading.size += 1;
  const read = readFresh(reading, node, path);
  reading.done.set(node, read);
  return read;
}

const tooDeep = `must not be nested deeper than ${DEPTH_MAX} levels`;

function readFresh(reading: Reading, node: Node, path: NodePath): Read {
  if (isMap<Node, Node | null>(node)) return readMap(reading, node, path);
  if (isSeq<Node>(node)) return readSeq(reading, node, path);
  return isScalar(node) ? readScalar(reading, node, path) : NOTHING;
}

function refuse(reading: Reading, problem: NodeProblem): Read {
  reading.problems.push(problem);
  return NOTHING;
}

function readAlias(reading: Reading, node: Alias, path: NodePath): Read {
  const target = reading.anchors.get(node.source);
  if (target === undefined) {
    return refuse(reading, { node, path, message: "no anchor of that name stands before it" });
  }
  const read = reading.done.get(target);
  if (read === undefined) {
    return refuse(reading, { node, path, message: "must not refer to what it is a part of" });
  }
  if (path.length + read.height > DEPTH_MAX) {
    return refuse(reading, { node, path, message: tooDeep });
  }
  reading.size += read.size;
  if (reading.size > VALUES_MAX) {
    reading.size -= read.size;
    const message = `aliases must not make more than ${VALUES_MAX} values of the file`;
    return refuse(reading, { node, path, message });
  }
  reading.targets.set(node, target);
  return read;
}

function readSeq(reading: Reading, node: YAMLSeq<Node>, path: NodePath): Read {
  const items = node.items.map((item, index) => readNode(reading, item, [...path, index]));
  return { value: items.map((item) => item.value), ...extent(items) };
}

function extent(parts: readonly Read[]): { readonly size: number; readonly height: number } {
  return {
    size: parts.reduce((sum, part) => sum + part.size, 1),
    height: parts.reduce((most, part) => Math.max(most, part.height), 0) + 1,
  };
}

function readMap(reading: Reading, node: YAMLMap<Node, Node | null>, path: NodePath): Read {
  const value: Record<string, unknown> = {};
  const parts: Read[] = [];
  for (const pair of node.items) {
    const key = readKey(reading, pair);
    const message = keyProblem(key, value);
    if (message !== undefined) {
      refuse(reading, { node: pair.key, path: [...path, key], message });
      continue;
    }
    const part = readNode(reading, pair.value, [...path, key]);
    value[key] = part.value;
    parts.push(part);
  }
  return { value, ...extent(parts) };
}

function readKey(reading: Reading, { key }: Pair<Node, Node | null>): string {
  if (!isScalar(key)) return ""; // the parser has refused it
  if (key.anchor !== undefined) {
    reading.anchors.set(key.anchor, key);
    reading.done.set(key, { value: key.value, size: 1, height: 1 });
  }
  return String(key.value);
}

function keyProblem(key: string, siblings: Readonly<Record<string, unknown>>): string | undefined {
  if (FORBIDDEN_KEYS.includes(key)) return `must not be the name of anything: ${key} is reserved`;
  if (key === "<<") return "merge keys are not supported; repeat the keys, or use an alias";
  return Object.hasOwn(siblings, key) ? "duplicate key" : undefined;
}

function readScalar(reading: Reading, node: Scalar, path: NodePath): Read {
  const { value } = node;
  if (typeof value !== "string" || !value.includes("$")) return { value, size: 1, height: 1 };
  const expansion = expand(value, reading.environment);
  for (const message of expansion.problems) refuse(reading, { node, path, message });
  const plain = node.type === Scalar.PLAIN && node.tag === undefined;
  if (expansion.names.length > 0) reading.origins.set(node, { names: expansion.names, plain });
  const written = expansion.text !== "" || expansion.defaulted;
  const typed = plain && written && expansion.problems.length === 0;
  return {
    value: typed ? typeOf(expansion.text, reading.document) : expansion.text,
    size: 1,
    height: 1,
  };
}

/** The value of a text as a plain scalar, such as a number; a text is a text by default. */
function typeOf(text: string, { schema, options }: Document<ParsedNode>): unknown {
  for (const tag of schema.tags) {
    if (tag.collection !== undefined || tag.default !== true || !tag.test?.test(text)) continue;
    const value = tag.resolve(text, () => {}, options);
    return isScalar(value) ? value.value : value;
  }
  return text;
}
