import { type DerElement, membersOf, objectId, sequence, set, utf8String } from '../bytes/der.ts';
import { toHex } from '../bytes/hex.ts';
import { decodeUtf8, encodeUtf8 } from '../bytes/utf8.ts';

// Whom a certificate names. A till's: the common name is the agent, which is its user name at the broker and the fifth level
// of its topics; tenant and store stand beside it as organisation and organisational unit.

export interface Subject {
  readonly commonName: string;
  readonly organisation?: string;
  readonly unit?: string;
}

const ATTRIBUTES = [
  ['organisation', '2.5.4.10'],
  ['unit', '2.5.4.11'],
  ['commonName', '2.5.4.3'],
] as const satisfies readonly (readonly [keyof Subject, string])[];

export function nameOf(subject: Subject): Uint8Array {
  return sequence(
    ...ATTRIBUTES.flatMap(([attribute, id]) => {
      const text = subject[attribute];
      return text === undefined ? [] : [set(sequence(objectId(id), utf8String(encodeUtf8(text))))];
    }),
  );
}

/** Reads a name with the three attributes above, each at most once; `undefined` for any other. */
export function readName(element: DerElement | undefined): Subject | undefined {
  const found = membersOf(element)?.map(attributeOf);
  if (!found || found.includes(undefined)) return undefined;
  const subject = Object.fromEntries(found.filter((one) => one !== undefined));
  const { commonName, organisation, unit } = subject;
  if (commonName === undefined || Object.keys(subject).length !== found.length) return undefined;
  return { commonName, ...(organisation && { organisation }), ...(unit && { unit }) };
}

const SET = 0x31;

function attributeOf(element: DerElement): readonly [keyof Subject, string] | undefined {
  const [pair, ...more] = membersOf(element, SET) ?? [];
  const [id, value] = membersOf(pair) ?? [];
  const known = ATTRIBUTES.find(([, dotted]) => id && toHex(objectId(dotted)) === toHex(id.whole));
  const text = value && decodeUtf8(value.content);
  return known && text && more.length === 0 ? [known[0], text] : undefined;
}
