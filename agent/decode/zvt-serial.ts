import { type DleEvent, DleFramer } from '../../protocols/framing/dle.ts';
import { ACK, serialCrc, ZVT_SERIAL } from '../../protocols/terminal/zvt/serial-frame.ts';
import type { Decoder } from './decoder.ts';
import { sentence } from './pieces.ts';
import { framesExplained } from './scanned-text.ts';
import { apduFacts, apduHex } from './zvt.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What was heard on a serial line: frames, acknowledgements, noise; under the names of zvt-serial.json. */
export const zvtSerialDecoder: Decoder = {
  kind: 'zvt-serial',
  summary: 'ZVT on a serial line: DLE frames with CRC-16/KERMIT, ACK and NAK',
  example: '10 02 80 00 00 10 03 F5 1F',
  explain(bytes, { unmask }) {
    const framer = new DleFramer(ZVT_SERIAL);
    const events = [...framer.push(bytes, 0), ...framer.reset()];
    const frames = events.map((event) => eventFields(event, unmask));
    return framesExplained(frames, frames.map(sentence), frames.every(isRight));
  },
};

function isRight({ error, wellformed, problem }: Fields): boolean {
  return error === undefined && wellformed !== false && problem === undefined;
}

function eventFields(event: DleEvent, unmask: boolean): Fields {
  if (event.kind === 'noise') return { error: event.cause, length: event.length };
  if (event.kind === 'answer') return { meaning: event.byte === ACK ? 'ACK' : 'NAK' };
  const { payload } = event;
  const crc = serialCrc(payload).toString(16).toUpperCase().padStart(4, '0');
  return { apdu: apduHex(payload, unmask), crc_kermit: crc, ...apduFacts(payload, unmask) };
}
