import { certifiedDecoder } from './certified.ts';
import { cipherlabDecoder } from './cipherlab.ts';
import { datalogicDecoder } from './datalogic.ts';
import { de2120Decoder } from './de2120.ts';
import type { Decoder } from './decoder.ts';
import { emvCpmDecoder } from './emv-cpm.ts';
import { emvMpmDecoder } from './emv-mpm.ts';
import { escposDecoder } from './escpos.ts';
import { growDecoder } from './grow.ts';
import { hidKeyboardDecoder } from './hid-keyboard.ts';
import { hidPosDecoder } from './hid-pos.ts';
import { honeywellDecoder } from './honeywell.ts';
import { linkDecoder, netsDecoder } from './link.ts';
import { m3yDecoder } from './m3y.ts';
import { misDecoder } from './mis.ts';
import { ncccDecoder } from './nccc.ts';
import { newlandDecoder } from './newland.ts';
import { padDecoder } from './pad.ts';
import { paycodeDecoder } from './paycode.ts';
import { serialLineDecoder } from './serial-line.ts';
import { ssiDecoder } from './ssi.ts';
import { statementDecoder } from './statement.ts';
import { transbankDecoder } from './transbank.ts';
import { vguangDecoder } from './vguang.ts';
import { zvtDecoder } from './zvt.ts';
import { zvtSerialDecoder } from './zvt-serial.ts';

/** Every kind of `tillwire decode`. */
export const DECODERS: readonly Decoder[] = [
  paycodeDecoder,
  serialLineDecoder,
  ssiDecoder,
  honeywellDecoder,
  newlandDecoder,
  growDecoder,
  m3yDecoder,
  de2120Decoder,
  vguangDecoder,
  datalogicDecoder,
  cipherlabDecoder,
  hidPosDecoder,
  hidKeyboardDecoder,
  emvCpmDecoder,
  emvMpmDecoder,
  misDecoder,
  padDecoder,
  certifiedDecoder,
  escposDecoder,
  zvtDecoder,
  zvtSerialDecoder,
  linkDecoder,
  netsDecoder,
  ncccDecoder,
  transbankDecoder,
  statementDecoder,
];
