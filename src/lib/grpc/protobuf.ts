import { Reader, Writer } from "protobufjs/minimal.js";

/** What is done with a field of a message that is read. */
export interface Field {
  readonly wireType: number;
  read(reader: Reader): void;
}

/** The fields of a message that are looked at, by their number; all others are skipped. */
export type Fields = Readonly<Record<number, Field>>;

/** Writes a part of a message. */
export type Write = (writer: Writer) => void;

const VARINT = 0;
const LENGTH = 2;

/** Reads a message field by field; throws where it is none. */
export function readMessage(bytes: Uint8Array, fields: Fields): void {
  const reader = Reader.create(bytes);
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    const wireType = tag & 7;
    const field = fields[tag >>> 3];
    // As the format has it, a field of another type is one that is not known.
    if (field?.wireType === wireType) field.read(reader);
    else reader.skipType(wireType);
  }
}

/** A field of text. */
export function textField(set: (value: string) => void): Field {
  return { wireType: LENGTH, read: (reader) => set(reader.string()) };
}

/** A field of bytes, or of a message of its own. */
export function bytesField(set: (value: Uint8Array<ArrayBuffer>) => void): Field {
  return { wireType: LENGTH, read: (reader) => set(new Uint8Array(reader.bytes())) };
}

/** A field of a number without a sign, of at most 32 bits. */
export function uintField(set: (value: number) => void): Field {
  return { wireType: VARINT, read: (reader) => set(reader.uint32()) };
}

/** A field of a number with a sign, of at most 64 bits. */
export function intField(set: (value: number) => void): Field {
  return { wireType: VARINT, read: (reader) => set(Number(String(reader.int64()))) };
}

/** A message as bytes. */
export function writeMessage(write: Write): Uint8Array {
  const writer = new Writer();
  write(writer);
  return writer.finish();
}

/** Writes a text that says something. */
export function putText(writer: Writer, number: number, text: string): void {
  if (text !== "") writer.uint32(number << 3 | LENGTH).string(text);
}

/** Writes bytes, if there are any. */
export function putBytes(writer: Writer, number: number, bytes: Uint8Array): void {
  if (bytes.length > 0) writer.uint32(number << 3 | LENGTH).bytes(bytes);
}

/** Writes a whole number other than 0; without a sign where it has none. */
export function putNumber(writer: Writer, number: number, value: number): void {
  if (value !== 0) writer.uint32(number << 3 | VARINT).int64(value);
}

/** Writes a message of its own. */
export function putMessage(writer: Writer, number: number, write: Write): void {
  writer.uint32(number << 3 | LENGTH).fork();
  write(writer);
  writer.ldelim();
}

/** Writes texts by name. */
export function putTexts(
  writer: Writer,
  number: number,
  texts: Iterable<readonly [string, string]>,
): void {
  for (const [name, text] of texts) {
    putMessage(writer, number, (entry) => {
      putText(entry, 1, name);
      putText(entry, 2, text);
    });
  }
}
