import { type LineEvent, type LineFrame, lineEnds } from '../../protocols/framing/line.ts';
import { LineFramer } from '../../protocols/framing/line-framer.ts';
import { maskDigits } from '../../protocols/paycode/paycode.ts';
import { noiseDiagnostics, readingDiagnostics, readLine } from '../../protocols/scanner/serial-line.ts';
import type { Decoder, Explanation } from './decoder.ts';

const STX = 0x02;

/** What a gun in raw line mode sent: CR, LF, CRLF, TAB or ETX ends a code, so does the end of the input. */
export const serialLineDecoder: Decoder = {
  kind: 'serial-line',
  summary: 'lines of a scanner gun on a serial port: codes, code ids, noise',
  example: ']Q1130012345678901234',
  explain(bytes, { unmask }) {
    const found: Explanation[] = [];
    for (const event of framed(bytes))
      found.push(event.kind === 'frame' ? frameFields(event, unmask) : noiseFields(event));
    return {
      fields: {
        frames: found.flatMap(({ fields }) => ('text' in fields ? [fields] : [])),
        diagnostics: found.flatMap(({ fields }) => (Array.isArray(fields['diagnostics']) ? fields['diagnostics'] : [])),
      },
      lines: found.flatMap(({ lines }) => lines),
      ok: found.length > 0 && found.every(({ ok }) => ok),
    };
  },
};

function framed(bytes: Uint8Array): LineEvent[] {
  const ends = lineEnds('CR', 'LF', 'CRLF', 'TAB', 'ETX');
  const framer = new LineFramer({
    ends,
    prefix: Uint8Array.of(STX),
    prefixRequired: false,
    maxBytes: bytes.length + 1,
  });
  // a line end of our own: typed text seldom carries one; a line that is complete is not changed by it
  return [...framer.push(bytes, 0), ...framer.push(Uint8Array.of(0x0d), 0)];
}

function frameFields(frame: LineFrame, unmask: boolean): Explanation {
  const reading = readLine(frame.bytes, { codeId: 'aim', encoding: 'auto' });
  const diagnostics = readingDiagnostics(reading);
  if (reading.kind !== 'code')
    return {
      fields: { diagnostics },
      lines: [`${reading.kind}: ${frame.bytes.length} bytes`],
      ok: reading.kind === 'no-read',
    };
  const { aim } = reading;
  const text = unmask ? reading.text.reveal() : masked(reading.text.reveal(), reading.text.toString());
  const notes = diagnostics.length > 0 ? ` (${diagnostics.join(', ')})` : '';
  return {
    fields: { text, ...(aim !== undefined && { aim }), length: reading.text.length, diagnostics },
    lines: [`code: ${text}${aim === undefined ? '' : `, AIM id ${aim}`}${notes}`],
    ok: true,
  };
}

/** Digits may be a paycode: first 2 and last 4. Anything else shows nothing but its length. */
function masked(text: string, harmless: string): string {
  return /^[0-9]+$/.test(text) ? maskDigits(text) : harmless;
}

function noiseFields(noise: Exclude<LineEvent, LineFrame>): Explanation {
  return {
    fields: { diagnostics: noiseDiagnostics(noise) },
    lines: [`noise: ${noise.length} bytes (${noise.cause})`],
    ok: false,
  };
}
