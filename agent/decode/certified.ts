import { PacketFramer } from '../../protocols/framing/packet.ts';
import { certifiedFrame, certifiedShape } from '../../protocols/terminal/certified/frame.ts';
import {
  ASSUMED_CERTIFIED,
  type CertifiedMessage,
  parseCertified,
} from '../../protocols/terminal/certified/messages.ts';
import type { Decoder } from './decoder.ts';
import { sentence, upperHex } from './pieces.ts';
import { framesExplained } from './scanned-text.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Frames of a certified terminal's security module, in either direction. */
export const certifiedDecoder: Decoder = {
  kind: 'certified',
  summary: 'certified terminal (secret_text): who it is, the MAC over its serial number; CRC checked',
  example: '02 C1 00 02 49 03',
  explain(bytes, { unmask }) {
    const framer = new PacketFramer(certifiedShape);
    const found = [...framer.push(bytes, 0), ...framer.reset()];
    const frames = found.map((event) =>
      event.kind === 'packet'
        ? frameFields(event.bytes, unmask)
        : { crc_ok: false, cause: event.cause, length: event.length },
    );
    const isWhole = found.every(({ kind }) => kind === 'packet') && frames.every((fields) => !('error' in fields));
    return framesExplained(frames, frames.map(sentence), isWhole);
  },
};

function frameFields(bytes: Uint8Array, unmask: boolean): Fields {
  const [till, terminal] = (['till', 'terminal'] as const).map((from) =>
    parseCertified(bytes, from, ASSUMED_CERTIFIED),
  );
  const command = upperHex([certifiedFrame(bytes).command]);
  const message = terminal ?? till;
  if (!message) return { command, error: 'a command or a payload that nobody knows', crc_ok: true };
  const direction = terminal ? 'terminal -> till' : 'till -> terminal';
  return { ...messageFields(message, unmask), command, direction, crc_ok: true };
}

/** The last digits of a paycode are not for everybody, nor is what is made of them. */
function messageFields(message: CertifiedMessage, unmask: boolean): Fields {
  if (!('random' in message) || unmask) return { ...message };
  const { random, ...rest } = message;
  const hidden = { random: '*'.repeat(random.length) };
  return 'mac' in rest ? { ...rest, mac: '********', ...hidden } : { ...rest, ...hidden };
}
