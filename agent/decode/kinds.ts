import type { Decoder } from './decoder.ts';
import { emvCpmDecoder } from './emv-cpm.ts';
import { emvMpmDecoder } from './emv-mpm.ts';
import { escposDecoder } from './escpos.ts';
import { paycodeDecoder } from './paycode.ts';
import { serialLineDecoder } from './serial-line.ts';
import { ssiDecoder } from './ssi.ts';

/** Every kind of `tillwire decode`. */
export const DECODERS: readonly Decoder[] = [
  paycodeDecoder,
  serialLineDecoder,
  ssiDecoder,
  emvCpmDecoder,
  emvMpmDecoder,
  escposDecoder,
];
