import { decodeUtf8Lossy } from '../../protocols/bytes/utf8.ts';
import { type TlvNode, upperHex } from '../../protocols/paycode/ber-tlv.ts';
import { type Cpm, type CpmDerived, parseCpm } from '../../protocols/paycode/emv-cpm.ts';
import type { Decoder, Explanation } from './decoder.ts';

/** The objects of an EMVCo consumer-presented code, under the names of emv-cpm.json. */
export const emvCpmDecoder: Decoder = {
  kind: 'emv-cpm',
  summary: 'EMVCo consumer-presented code: base64 of BER-TLV',
  example: 'hQVDUFYwMWETTwegAAAAVVVVUAhQcm9kdWN0MWETTwegAAAAZmZmUAhQcm9kdWN0MmIKWggSNFZ4kBI0WA==',
  explain(bytes, { unmask }): Explanation {
    const result = parseCpm(decodeUtf8Lossy(bytes).trim());
    if ('error' in result) return { fields: { error: result.error }, lines: [`error: ${result.error}`], ok: false };
    const { cpm } = result;
    return { fields: fieldsOf(cpm, unmask), lines: cpm.tree.flatMap((node) => linesOf(node, unmask, '')), ok: true };
  },
};

/** Objects that say nothing about the customer or the card; everything else shows its length only. */
const HARMLESS = ['85', '4F', '50', '5F2D', '9F08'];
const HARMLESS_DERIVED: readonly (keyof CpmDerived)[] = ['apps', 'aid', 'label', 'maskedPan', 'languages', 'version'];

function fieldsOf({ bytes, tree, derived, summary }: Cpm, unmask: boolean): Record<string, unknown> {
  const shown = Object.entries(derived).filter(([name]) => unmask || HARMLESS_DERIVED.some((field) => field === name));
  return {
    ...(unmask && { hex: upperHex(bytes) }),
    length: summary.length,
    tree: tree.map((node) => treeOf(node, unmask)),
    derived: Object.fromEntries(shown),
  };
}

function treeOf({ tag, len, value, children }: TlvNode, unmask: boolean): Record<string, unknown> {
  const visible = unmask || HARMLESS.includes(tag);
  const below = children?.map((node) => treeOf(node, unmask));
  return { tag, len, ...(visible && { hex: upperHex(value) }), ...(below && { children: below }) };
}

function linesOf({ tag, len, value, children }: TlvNode, unmask: boolean, indent: string): string[] {
  if (children)
    return [`${indent}${tag} (${len})`, ...children.flatMap((node) => linesOf(node, unmask, `${indent}  `))];
  return [`${indent}${tag} (${len}) ${unmask || HARMLESS.includes(tag) ? upperHex(value) : '[REDACTED]'}`];
}
