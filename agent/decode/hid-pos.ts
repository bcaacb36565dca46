import { decodeLatin1 } from '../../protocols/bytes/latin1.ts';
import {
  commandOf,
  type HidPosEvent,
  HidPosReader,
  HONEYWELL_OUT,
  NEWLAND_OUT,
} from '../../protocols/scanner/hid-pos.ts';
import { type HidPosLayout, HONEYWELL64, NEWLAND64, OFFSET1_64 } from '../../protocols/scanner/hid-pos-layout.ts';
import type { Decoder, Explanation } from './decoder.ts';
import { growPiece } from './grow.ts';
import { descriptorExplained, looksLikeDescriptor } from './hid-descriptor.ts';
import { honeywellDecoder } from './honeywell.ts';
import { newlandPiece } from './newland.ts';
import { printableBytes, sentence } from './pieces.ts';
import { framesExplained, scannedFields, toldText } from './scanned-text.ts';

const AIM_START = 0x5d;

/** Input and output reports one behind the other, or a report descriptor. */
export const hidPosDecoder: Decoder = {
  kind: 'hid-pos',
  summary: 'HID POS reports of 64 bytes (Honeywell, Newland, offset-1), output reports, or a report descriptor',
  example: 'FD 03 16 54 0D',
  explain(bytes, { unmask }) {
    if (looksLikeDescriptor(bytes)) return descriptorExplained(bytes);
    if (bytes[0] === HONEYWELL_OUT || bytes[0] === NEWLAND_OUT) return outExplained(bytes, unmask);
    return inExplained(bytes, unmask);
  },
};

/** The three layouts differ in where the AIM id stands, if there is one. */
function layoutOfReport(report: Uint8Array): HidPosLayout {
  if (report[2] === AIM_START) return HONEYWELL64;
  return report[3] === AIM_START ? OFFSET1_64 : NEWLAND64;
}

function inExplained(bytes: Uint8Array, unmask: boolean): Explanation {
  const layout = layoutOfReport(bytes);
  const reader = new HidPosReader(layout);
  const events: HidPosEvent[] = [];
  for (let at = 0; at < bytes.length; at += layout.reportBytes)
    events.push(...reader.push(bytes.subarray(at, at + layout.reportBytes), 0));
  events.push(...reader.reset(0));
  const frames = events.map((event) => ({ layout: layout.name, ...eventFields(event, unmask) }));
  return framesExplained(
    frames,
    frames.map(sentence),
    events.every(({ kind }) => kind !== 'noise'),
  );
}

function eventFields(event: HidPosEvent, unmask: boolean): Readonly<Record<string, unknown>> {
  if (event.kind === 'noise') return { error: event.cause, length: event.length };
  const codeId = event.codeId === undefined ? {} : { codeId: event.codeId };
  if (event.kind === 'code') {
    const symbology = event.symbology === undefined ? {} : { symbology: event.symbology };
    return { ...scannedFields(event.bytes, event.aim, unmask), ...codeId, ...symbology };
  }
  const reply = growPiece(event.bytes) ?? newlandPiece(event.bytes, unmask);
  const aim = event.aim === undefined ? {} : { aim: event.aim };
  return {
    ...(reply?.fields ?? { meaning: meaningOf(event.aim) }),
    text: toldText(decodeLatin1(event.bytes), unmask),
    ...aim,
    ...codeId,
  };
}

function meaningOf(aim: string | undefined): string {
  return aim === ']Z6' ? 'menu response' : 'answer';
}

function outExplained(report: Uint8Array, unmask: boolean): Explanation {
  const command = commandOf(report);
  if (!command) return { fields: { error: 'bad-length' }, lines: ['an output report with a wrong length'], ok: false };
  const isNewland = report[0] === NEWLAND_OUT;
  const piece = isNewland ? (newlandPiece(command, unmask) ?? growPiece(command)) : undefined;
  const told = piece?.fields ?? honeywellDecoder.explain(command, { unmask }).fields;
  const fields = {
    layout: isNewland ? 'newland64-out' : 'honeywell-out',
    ...told,
    text: toldText(printableBytes(command), unmask),
  };
  return { fields, lines: [sentence(fields)], ok: true };
}
