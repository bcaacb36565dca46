import { encodeLatin1 } from '../../protocols/bytes/latin1.ts';
import { type PacketEvent, PacketFramer, type PacketShape } from '../../protocols/framing/packet.ts';
import { type CipherlabName, cipherlabName } from '../../protocols/scanner/cipherlab.ts';
import { type DatalogicName, datalogicName, encodeDatalogicAnswer } from '../../protocols/scanner/datalogic.ts';
import { DE2120_ACK, DE2120_NAK, type De2120Command, parseDe2120 } from '../../protocols/scanner/de2120.ts';
import { encodeGrowReply, parseGrow } from '../../protocols/scanner/grow.ts';
import { encodeHoneywellAnswer, type HoneywellCommand, parseHoneywell } from '../../protocols/scanner/honeywell.ts';
import { encodeHeaded } from '../../protocols/scanner/honeywell-header.ts';
import {
  cipherlabCommandShape,
  datalogicCommandShape,
  de2120CommandShape,
  honeywellCommandShape,
  m3yCommandShape,
  newlandOrGrowShape,
} from '../../protocols/scanner/host-commands.ts';
import { encodeM3y, type M3yCommandName, m3yCommandName, parseM3y } from '../../protocols/scanner/m3y.ts';
import { encodeNewlandAnswer, parseNewland } from '../../protocols/scanner/newland.ts';
import { encodeNoRead } from '../../protocols/scanner/serial-line-encode.ts';
import { symbologyIds } from '../../protocols/scanner/symbology.ts';
import type { CommandSaid, CommandSettings } from './command-gun.ts';
import type { HoneywellAnswer } from './honeywell.ts';
import { codeLine, lineForm } from './line-gun.ts';
import type { Reading, Tongue } from './model.ts';
import type { YesOrNo } from './modules.ts';
import type { NewlandAnswer, NewlandCommand } from './newland.ts';

/** The words of one make, both ways. */
export interface CommandWords<Command, Answer> {
  /** where one command ends and the next begins */
  readonly shape: PacketShape;
  /** nothing: bytes that this make does not answer */
  parse(bytes: Uint8Array): readonly Command[];
  answer(answer: Answer): Uint8Array;
}

/** On a serial line. */
export function commandTongue<Command, Answer>(
  words: CommandWords<Command, Answer>,
  settings: () => CommandSettings,
): Tongue<CommandSaid<Answer>, Command> {
  const framer = new PacketFramer(words.shape);
  const heard = (events: readonly PacketEvent[]) =>
    events.flatMap((event) => (event.kind === 'packet' ? words.parse(event.bytes) : []));
  return {
    say: (said) => {
      if (said.kind === 'answer') return [words.answer(said.answer)];
      if (said.kind === 'code') return [codeLine(said.reading, settings())];
      if (said.kind === 'headed') return [headedCode(said.reading, settings())];
      return said.kind === 'no-read' ? [encodeNoRead(lineForm(settings()))] : [];
    },
    hear: (bytes, at) => heard(framer.push(bytes, at)),
    get nextDeadline() {
      return framer.nextDeadline;
    },
    silence: (at) => heard(framer.silence(at)),
    reset: () => void framer.reset(),
  };
}

function headedCode({ data, symbology }: Reading, { suffix }: CommandSettings): Uint8Array {
  const { aim, honeywell = 'j' } = symbologyIds(symbology);
  return encodeHeaded({ codeId: honeywell, aim, data: Uint8Array.of(...data, ...suffix) });
}

export const HONEYWELL_WORDS: CommandWords<HoneywellCommand, HoneywellAnswer> = {
  shape: honeywellCommandShape,
  parse: (bytes) => {
    const command = parseHoneywell(bytes);
    return command ? [command] : [];
  },
  answer: ({ items, storage }) => encodeHoneywellAnswer(items, storage),
};

export const NEWLAND_WORDS: CommandWords<NewlandCommand, NewlandAnswer> = {
  shape: newlandOrGrowShape,
  parse: (bytes) => {
    if (bytes[1] === 0x00) return [growHeard(bytes)];
    const frame = parseNewland(bytes);
    return frame ? [{ kind: 'menu', frame }] : [];
  },
  answer: (answer) =>
    answer.kind === 'menu'
      ? encodeNewlandAnswer(answer.frame)
      : encodeGrowReply(answer.answer.status, answer.answer.data),
};

/** `7E 00` only. */
export const GROW_WORDS: CommandWords<NewlandCommand, NewlandAnswer> = {
  ...NEWLAND_WORDS,
  parse: (bytes) => (bytes[1] === 0x00 ? [growHeard(bytes)] : []),
};

function growHeard(bytes: Uint8Array): NewlandCommand {
  const frame = parseGrow(bytes);
  return { kind: 'grow', frame, checked: frame?.crc !== 'bad' };
}

export const M3Y_WORDS: CommandWords<M3yCommandName | undefined, YesOrNo> = {
  shape: m3yCommandShape,
  // what it answers to a bad BCC nobody has written down: nothing, so the host asks again
  parse: (bytes) => {
    const frame = parseM3y(bytes);
    return frame?.bcc === 'ok' ? [m3yCommandName(frame.payload)] : [];
  },
  // 90 00 is done; what stands for the opposite is assumed
  answer: (answer) => encodeM3y('answer', answer === 'yes' ? Uint8Array.of(0x90, 0x00) : Uint8Array.of(0x90, 0x01)),
};

export const DE2120_WORDS: CommandWords<De2120Command | undefined, YesOrNo> = {
  shape: de2120CommandShape,
  parse: (bytes) => [parseDe2120(bytes)],
  answer: (answer) => Uint8Array.of(answer === 'yes' ? DE2120_ACK : DE2120_NAK),
};

export const DATALOGIC_WORDS: CommandWords<DatalogicName | undefined, string> = {
  shape: datalogicCommandShape,
  parse: (bytes) => [datalogicName(bytes)],
  answer: (text) => encodeDatalogicAnswer(encodeLatin1(text) ?? new Uint8Array()),
};

export const CIPHERLAB_WORDS: CommandWords<CipherlabName | undefined, never> = {
  shape: cipherlabCommandShape,
  parse: (bytes) => [cipherlabName(bytes)],
  answer: (answer) => answer,
};
