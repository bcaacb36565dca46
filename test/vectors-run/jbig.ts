import { fromHex, toHex } from '../../protocols/bytes/hex.ts';
import { decodeJbig } from '../../protocols/signature/jbig-decode.ts';
import { encodeJbig, FIELD_ENCODING, type JbigEncoding } from '../../protocols/signature/jbig-encode.ts';
import { readPbm, writePbm } from '../../protocols/signature/pbm.ts';
import type { CaseResult, Checker } from './checker.ts';
import { isObject, listIn, unknownCase, unknownSections } from './json.ts';

const SECTIONS = ['tool', 'field_bih', 'pure_ts_proof', 'source', 'note', 'vectors'];
const PROSE = ['name', 'pbm', 'note', 'source', 'checked', 'bytes'];

/** jbig.json: a PBM and what `pbmtojbg` made of it under options that the member's name says. */
export const jbigChecker: Checker = {
  title: 'JBIG1 of signatures',
  recognises: (_, content) =>
    listIn(content, 'vectors').some((entry) => isObject(entry) && typeof entry['pbm'] === 'string'),
  check: (content) => ({
    cases: [...listIn(content, 'vectors').flatMap(checked), ...unknownSections(content, SECTIONS)],
    stories: 0,
  }),
};

/** `field_options_s7`, or `minimal_q_m0_o0_p8_s7` with the letters of pbmtojbg's options. */
function encodingOf(member: string): JbigEncoding | undefined {
  const options = Object.fromEntries(
    [...member.matchAll(/_([mops])(\d+)/g)].map(([, letter, value]) => [letter, Number(value)]),
  );
  if (!/^(field_options|minimal)(_q)?(_[mops]\d+)+$/.test(member)) return undefined;
  const base = member.startsWith('field') ? FIELD_ENCODING : { stripeRows: 7, mx: 8, order: 3, options: 0x1c };
  return {
    stripeRows: options['s'] ?? base.stripeRows,
    mx: options['m'] ?? base.mx,
    order: options['o'] ?? base.order,
    options: options['p'] ?? base.options,
  };
}

function checked(entry: unknown, at: number): CaseResult[] {
  const pbm = isObject(entry) && typeof entry['pbm'] === 'string' ? fromHex(entry['pbm']) : undefined;
  const bitmap = pbm && readPbm(pbm);
  if (!isObject(entry) || !pbm || !bitmap) return [unknownCase(`vectors[${at}]`, 'a PBM in hex', entry)];
  const name = typeof entry['name'] === 'string' ? entry['name'] : `vectors[${at}]`;
  const cases: CaseResult[] = [];
  for (const [member, value] of Object.entries(entry)) {
    if (PROSE.includes(member)) continue;
    const encoding = encodingOf(member);
    const hex = typeof value === 'string' ? value : '';
    if (!encoding) cases.push(unknownCase(`${name} ${member}`, 'options of pbmtojbg', entry));
    else
      cases.push({
        name: `${name} ${member}`,
        expected: { jbig: hex.toUpperCase(), pbm: toHex(pbm) },
        actual: { jbig: toHex(encodeJbig(bitmap, encoding)).toUpperCase(), pbm: decoded(hex) ?? toHex(pbm) },
      });
  }
  if ('bytes' in entry)
    cases.push({ name: `${name} bytes`, expected: entry['bytes'], actual: encodeJbig(bitmap).length });
  return cases;
}

/** The picture that the published bytes hold, as a PBM; `undefined`: they hold none, which the other comparison tells. */
function decoded(hex: string): string | undefined {
  const bytes = fromHex(hex);
  const picture = bytes && decodeJbig(bytes);
  return picture && 'bitmap' in picture ? toHex(writePbm(picture.bitmap)) : undefined;
}
