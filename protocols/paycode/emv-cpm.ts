import { fromBase64 } from '../bytes/base64.ts';
import { decodeLatin1 } from '../bytes/latin1.ts';
import { parseTlv, type TlvError, type TlvNode, upperHex } from './ber-tlv.ts';
import { maskPan } from './masking.ts';
import type { CpmSummary } from './paycode.ts';

// EMVCo Consumer-Presented Mode: base64 of BER-TLV.
//
//   85 05 4350563031                    "CPV01", always first
//   61 LL  4F aid  50 label  57 track 2 equivalent  63 { 9F26 9F27 9F10 9F36 82 9F37 }      application, 1 or 2 of them
//   62 LL  5A pan  5F20 name  5F2D languages  64 { 9F10 9F26 9F36 9F37 }                    common data, at most 1
//
// 85 05 4350563031 61 makes the first eleven characters constant. The payload holds a card token and a cryptogram:
// sensitive authentication data, never shown, logged or kept (masking.json); only {@link CpmSummary} may be seen.

export const CPM_PREFIX = 'hQVDUFYwMWE';
/** The part that does not depend on the version or on what follows: `85 05 "CPV0"`. */
export const CPM_START = 'hQVDUFYw';

/** Sizes in bytes unless the name says otherwise (emv-cpm.json `limits`). */
export const CPM_LIMITS = {
  maxBase64Chars: [0, 512],
  appTemplates: [1, 2],
  aidBytes: [5, 16],
  labelBytes: [1, 16],
  panBytes: [0, 10],
  track2Bytes: [0, 19],
  cardholder: [2, 26],
  last4Bytes: [2, 2],
  tokenRequestorIdBytes: [6, 6],
  parBytes: [29, 29],
  langBytes: [2, 8],
} as const satisfies Record<string, readonly [min: number, max: number]>;

const LIMIT_OF_TAG: Readonly<Record<string, readonly [min: number, max: number]>> = {
  '4F': CPM_LIMITS.aidBytes,
  '50': CPM_LIMITS.labelBytes,
  '57': CPM_LIMITS.track2Bytes,
  '5A': CPM_LIMITS.panBytes,
  '5F20': CPM_LIMITS.cardholder,
  '5F2D': CPM_LIMITS.langBytes,
  '9F19': CPM_LIMITS.tokenRequestorIdBytes,
  '9F24': CPM_LIMITS.parBytes,
  '9F25': CPM_LIMITS.last4Bytes,
};

export type CpmError =
  | TlvError
  | 'TOO_LONG'
  | 'BAD_BASE64'
  | 'BAD_PFI'
  | 'DUPLICATE_TAG'
  | 'NO_APPLICATION_TEMPLATE'
  | 'TOO_MANY_APPLICATIONS'
  | 'NO_AID'
  | 'BAD_FIELD_LENGTH'
  | 'BAD_PAN'
  | 'BAD_TRACK2';

export interface Cpm {
  readonly bytes: Uint8Array;
  readonly tree: readonly TlvNode[];
  readonly derived: CpmDerived;
  readonly summary: CpmSummary;
}

/** What the objects mean, under the names of emv-cpm.json. Absent objects are absent here. Secret but for the summary. */
export interface CpmDerived {
  readonly apps: readonly { readonly aid: string; readonly label?: string }[];
  readonly aid?: string;
  readonly label?: string;
  readonly pan?: string;
  readonly maskedPan?: string;
  readonly track2?: string;
  /** the number in tag 57; for UnionPay a token */
  readonly token?: string;
  /** YYMM */
  readonly expiry?: string;
  readonly serviceCode?: string;
  readonly panSequence?: string;
  readonly cardholder?: string;
  readonly languages?: readonly string[];
  readonly iad?: string;
  readonly ac?: string;
  readonly cid?: string;
  readonly atc?: string;
  readonly aip?: string;
  readonly un?: string;
  readonly last4?: string;
  readonly tokenRequestorId?: string;
  readonly par?: string;
  readonly issuerUrl?: string;
  readonly version?: string;
  /** last six digits of the number in tag 57: what acquirers ask for beside the code (CMB, Huifu documents) */
  readonly encrypt_rand_num?: string;
}

export type CpmResult = { readonly cpm: Cpm } | { readonly error: CpmError };

export function parseCpm(base64: string): CpmResult {
  if (base64.length > CPM_LIMITS.maxBase64Chars[1]) return { error: 'TOO_LONG' };
  const bytes = fromBase64(base64);
  if (!bytes) return { error: 'BAD_BASE64' };
  const parsed = parseTlv(bytes);
  if ('error' in parsed) return parsed;
  const tree = parsed.nodes;
  const error = problemOf(tree);
  if (error) return { error };
  const derived = derive(tree);
  return { cpm: { bytes, tree, derived, summary: summarise(derived, base64.length) } };
}

/** The first rule that the objects break. */
function problemOf(tree: readonly TlvNode[]): CpmError | undefined {
  const apps = tree.filter(({ tag }) => tag === '61');
  if (tree[0]?.tag !== '85') return 'BAD_PFI';
  if (hasDuplicate(tree.filter(({ tag }) => tag !== '61'))) return 'DUPLICATE_TAG';
  if (decodeLatin1(tree[0].value) !== 'CPV01') return 'BAD_PFI';
  if (apps.length < CPM_LIMITS.appTemplates[0]) return 'NO_APPLICATION_TEMPLATE';
  if (apps.length > CPM_LIMITS.appTemplates[1]) return 'TOO_MANY_APPLICATIONS';
  if (tree.some(({ children }) => children && hasDuplicateBelow(children))) return 'DUPLICATE_TAG';
  if (!apps.every(({ children }) => children?.some(({ tag }) => tag === '4F'))) return 'NO_AID';
  return fieldProblem(tree);
}

function hasDuplicate(nodes: readonly TlvNode[]): boolean {
  return new Set(nodes.map(({ tag }) => tag)).size < nodes.length;
}

function hasDuplicateBelow(nodes: readonly TlvNode[]): boolean {
  return hasDuplicate(nodes) || nodes.some(({ children }) => children && hasDuplicateBelow(children));
}

function fieldProblem(nodes: readonly TlvNode[]): CpmError | undefined {
  for (const { tag, len, value, children } of nodes) {
    const [min, max] = LIMIT_OF_TAG[tag] ?? [0, Number.POSITIVE_INFINITY];
    if (len < min || len > max) return 'BAD_FIELD_LENGTH';
    if (tag === '5A' && !/^\d{8,19}F?$/.test(upperHex(value))) return 'BAD_PAN';
    if (tag === '57' && !/^\d{8,19}D\d{7,}F?$/.test(upperHex(value))) return 'BAD_TRACK2';
    const below = children && fieldProblem(children);
    if (below) return below;
  }
  return undefined;
}

/** The first object with this tag, outermost level first within each branch. */
function find(nodes: readonly TlvNode[], tag: string): Uint8Array | undefined {
  for (const node of nodes) {
    const found = node.tag === tag ? node.value : node.children && find(node.children, tag);
    if (found) return found;
  }
  return undefined;
}

function derive(tree: readonly TlvNode[]): CpmDerived {
  const hex = (tag: string) => {
    const value = find(tree, tag);
    return value && upperHex(value);
  };
  const text = (tag: string) => {
    const value = find(tree, tag);
    return value && decodeLatin1(value);
  };
  const apps = tree.filter(({ tag }) => tag === '61').map(({ children = [] }) => application(children));
  const track2 = hex('57');
  const [token, tail] = track2?.split('D') ?? [];
  const pan = hex('5A')?.replace(/F$/, '') ?? token;
  return present({
    apps,
    aid: apps[0]?.aid,
    label: apps[0]?.label,
    pan,
    maskedPan: pan && maskPan(pan),
    track2,
    token,
    expiry: tail?.slice(0, 4),
    serviceCode: tail?.slice(4, 7),
    panSequence: hex('5F34'),
    cardholder: text('5F20'),
    languages: text('5F2D')?.match(/../g) ?? undefined,
    iad: hex('9F10'),
    ac: hex('9F26'),
    cid: hex('9F27'),
    atc: hex('9F36'),
    aip: hex('82'),
    un: hex('9F37'),
    last4: hex('9F25'),
    tokenRequestorId: hex('9F19'),
    par: text('9F24'),
    issuerUrl: text('5F50'),
    version: hex('9F08'),
    encrypt_rand_num: token?.slice(-6),
  });
}

function application(objects: readonly TlvNode[]): { aid: string; label?: string } {
  const label = find(objects, '50');
  const aid = upperHex(find(objects, '4F') ?? new Uint8Array());
  return label ? { aid, label: decodeLatin1(label) } : { aid };
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function present<T extends { apps: CpmDerived['apps'] }>(fields: T): Present<T> & { apps: CpmDerived['apps'] } {
  const kept = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(kept) as Present<T> & { apps: CpmDerived['apps'] };
}

function summarise({ aid = '', label, maskedPan }: CpmDerived, length: number): CpmSummary {
  return { aid, ...(label && { label }), ...(maskedPan && { maskedPan }), length };
}
