import { type HidPosLayout, HONEYWELL64, NEWLAND64, OFFSET1_64 } from '../../protocols/scanner/hid-pos-layout.ts';
import type { Random } from '../faults/gun-faults.ts';
import type { GunPersonality } from '../personalities/guns.ts';
import type { Wire } from '../wires/wire.ts';
import type { Clock } from '../world/clock.ts';
import { CommandGun, type GunLanguage } from './command-gun.ts';
import {
  CIPHERLAB_WORDS,
  type CommandWords,
  commandTongue,
  DATALOGIC_WORDS,
  DE2120_WORDS,
  GROW_WORDS,
  HONEYWELL_WORDS,
  M3Y_WORDS,
  NEWLAND_WORDS,
} from './command-tongue.ts';
import { Gun, type Plug, type SimulatedGun } from './gun.ts';
import { hidPosTongue } from './hid-pos-tongue.ts';
import { HoneywellMenu } from './honeywell.ts';
import { KeyboardGun, keyboardTongue } from './keyboard-gun.ts';
import { LineGun, lineTongue } from './line-gun.ts';
import type { GunModel, Tongue } from './model.ts';
import { cipherlabLanguage, datalogicLanguage, de2120Language, m3yLanguage } from './modules.ts';
import { LineMouth, type Mouth, ReportMouth } from './mouth.ts';
import { NewlandLanguages } from './newland.ts';
import { SsiDecoder } from './ssi-decoder.ts';
import { ssiTongue } from './ssi-tongue.ts';
import { VguangGun, vguangTongue } from './vguang-gun.ts';

/** What a gun hangs on. Of a HID gun the wire carries one report each time. */
export interface GunPlace {
  readonly wire: Wire;
  readonly clock: Clock;
  readonly random: Random;
  readonly plug?: Plug;
  /** another speed than the personality's; undefined with `unpaced` */
  readonly baudRate?: number;
  readonly chunkBytes?: number | (() => number);
  /** as fast as the wire takes it */
  readonly unpaced?: boolean;
}

const REVISION = 'Product Name: simulated\r\nBoot Revision: 1\r\nSoftware Part Number: TILLWIRE\r\n';
const ANSWER_IDS = { aim: ']Z6', codeId: '6' } as const;
const TOLD_IDS = { aim: ']X0', codeId: '?' } as const;
const LAYOUTS: Readonly<Record<string, HidPosLayout>> = {
  honeywell64: HONEYWELL64,
  newland64: NEWLAND64,
  'offset1-64': OFFSET1_64,
};

/** A gun of this personality, listening to its wire. */
export function makeGun(personality: GunPersonality, place: GunPlace): SimulatedGun {
  const mouth = mouthOf(personality, place);
  const gun = withParts(personality, (model, tongue) => {
    const { clock, random, plug } = place;
    const encoding = personality.encoding ?? 'utf8';
    return new Gun({ model, tongue, mouth, clock, random, encoding, ...(plug && { plug }) });
  });
  place.wire.listen((bytes) => gun.hear(bytes));
  return gun;
}

function mouthOf(personality: GunPersonality, place: GunPlace): Mouth {
  const { wire, clock, unpaced = false } = place;
  const pause = (ms: number) => new Promise<void>((resolve) => clock.after(ms, resolve));
  if ('reportMs' in personality) return new ReportMouth(wire, unpaced ? 0 : personality.reportMs, pause);
  const baudRate = place.baudRate ?? personality.baudRate;
  const chunkBytes = place.chunkBytes ?? personality.chunkBytes;
  return new LineMouth(
    wire,
    { ...(unpaced ? {} : { baudRate }), ...(chunkBytes === undefined ? {} : { chunkBytes }) },
    pause,
  );
}

type Join = <Said, Heard>(model: GunModel<Said, Heard>, tongue: Tongue<Said, Heard>) => SimulatedGun;

function withParts(personality: GunPersonality, join: Join): SimulatedGun {
  switch (personality.protocol) {
    case 'serial-line':
      return join(new LineGun(personality.settings), lineTongue(personality.settings));
    case 'ssi': {
      const decoder = new SsiDecoder(personality.settings);
      return join(decoder, ssiTongue(decoder));
    }
    case 'hid-keyboard':
      return join(new KeyboardGun(personality.settings), keyboardTongue(personality.settings));
    case 'vguang':
      return join(new VguangGun(), vguangTongue());
    case 'honeywell':
      return onLine(personality, new HoneywellMenu(REVISION), HONEYWELL_WORDS, join);
    case 'newland':
      return onLine(personality, new NewlandLanguages(), NEWLAND_WORDS, join);
    case 'grow':
      return onLine(personality, new NewlandLanguages(), GROW_WORDS, join);
    case 'm3y':
      return onLine(personality, m3yLanguage(), M3Y_WORDS, join);
    case 'de2120':
      return onLine(personality, de2120Language(), DE2120_WORDS, join);
    case 'datalogic':
      return onLine(personality, datalogicLanguage(), DATALOGIC_WORDS, join);
    case 'cipherlab':
      return onLine(personality, cipherlabLanguage(), CIPHERLAB_WORDS, join);
    case 'hid-pos':
      return personality.words === 'honeywell'
        ? onHidPos(personality, new HoneywellMenu(REVISION), HONEYWELL_WORDS, join)
        : onHidPos(personality, new NewlandLanguages(), NEWLAND_WORDS, join);
    default:
      return personality satisfies never;
  }
}

function onLine<Command, Answer>(
  {
    settings,
  }: Extract<
    GunPersonality,
    { protocol: 'honeywell' | 'newland' | 'grow' | 'm3y' | 'de2120' | 'datalogic' | 'cipherlab' }
  >,
  language: GunLanguage<Command, Answer>,
  words: CommandWords<Command, Answer>,
  join: Join,
): SimulatedGun {
  const gun = new CommandGun(settings, language);
  return join(
    gun,
    commandTongue(words, () => gun.settings),
  );
}

function onHidPos<Command, Answer>(
  personality: Extract<GunPersonality, { protocol: 'hid-pos' }>,
  language: GunLanguage<Command, Answer>,
  words: CommandWords<Command, Answer>,
  join: Join,
): SimulatedGun {
  const { settings, staleTail } = personality;
  const gun = new CommandGun(settings, language);
  const ids = personality.words === 'honeywell' ? { answerIds: ANSWER_IDS, toldIds: TOLD_IDS } : {};
  const form = { layout: LAYOUTS[personality.layout] ?? HONEYWELL64, staleTail, ...ids };
  return join(
    gun,
    hidPosTongue(words, form, () => gun.settings),
  );
}
