import { decodeEscpos } from '../../protocols/escpos/decode.ts';
import { genericProfile } from '../../protocols/escpos/profile.ts';
import { slipText, summarise } from '../../protocols/escpos/summary.ts';
import type { Decoder } from './decoder.ts';

/** `tillwire decode escpos`: what a printer on 80 mm paper would make of the bytes. */
export const escposDecoder: Decoder = {
  kind: 'escpos',
  summary: "a receipt printer's byte stream: slips, symbols and what is wrong with it",
  example: 'TOTAL 12.50',
  explain(bytes) {
    const profile = genericProfile(80);
    const decoded = decodeEscpos(bytes, profile);
    const { slips, problems } = summarise(decoded);
    return {
      fields: { slips, problems },
      lines: [
        ...decoded.slips.flatMap((slip) => slipText(slip, profile.dots).trimEnd().split('\n')),
        ...problems.map(({ level, code, offset, message }) => `${level} ${code} at byte ${offset}: ${message}`),
      ],
      ok: problems.every(({ level }) => level !== 'error'),
    };
  },
};
