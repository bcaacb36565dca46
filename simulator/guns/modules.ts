import { CIPHERLAB_COMMANDS, type CipherlabName } from '../../protocols/scanner/cipherlab.ts';
import { DATALOGIC_COMMANDS, type DatalogicName } from '../../protocols/scanner/datalogic.ts';
import type { De2120Command } from '../../protocols/scanner/de2120.ts';
import type { M3yCommandName } from '../../protocols/scanner/m3y.ts';
import { answers, type CommandSaid, type CommandSettings, type GunLanguage, type Obeying } from './command-gun.ts';
import { type Deed, type Sign, sign } from './model.ts';

// The small languages (scanners.md 3.4): a word, a yes or no.

export type YesOrNo = 'yes' | 'no';

const factory = (settings: CommandSettings) => settings;

// --- M3Y

const M3Y_SIGNS: Partial<Record<M3yCommandName, Sign>> = {
  lightOn: { kind: 'light', on: true },
  lightOff: { kind: 'light', on: false },
  aimOn: { kind: 'aim', on: true },
  aimOff: { kind: 'aim', on: false },
};
const M3Y_BAUD: Partial<Record<M3yCommandName, number>> = { baud9600: 9600, baud57600: 57_600, baud115200: 115_200 };

export function m3yLanguage(): GunLanguage<M3yCommandName | undefined, YesOrNo> {
  return {
    powerUp: factory,
    obey: (command, gun, at) => {
      if (command === undefined) return [answers('no')];
      const [told, baudRate] = [M3Y_SIGNS[command], M3Y_BAUD[command]];
      if (command === 'soundOn' || command === 'soundOff')
        gun.settings = { ...gun.settings, beeps: command === 'soundOn' };
      return [
        answers('yes'),
        ...(told ? [sign(told)] : []),
        ...(baudRate === undefined ? [] : [{ kind: 'baud', baudRate } as const]),
        ...scanning(command === 'startScan', command === 'stopScan', gun, at),
      ];
    },
  };
}

function scanning<Answer>(
  starts: boolean,
  stops: boolean,
  gun: Obeying<Answer>,
  at: number,
): Deed<CommandSaid<Answer>>[] {
  if (starts) return gun.body.pull(at) || [];
  return stops ? gun.body.release(at) : [];
}

// --- DE2120

const DE2120_BAUD: Readonly<Record<string, number>> = {
  '2': 1200,
  '3': 2400,
  '4': 4800,
  '5': 9600,
  '6': 19_200,
  '7': 38_400,
  '8': 57_600,
  '9': 115_200,
};
/** SparkFun measured it */
const VERSION_MS = 430;

export function de2120Language(): GunLanguage<De2120Command | undefined, YesOrNo> {
  return {
    powerUp: factory,
    obey: (command, gun, at) => (command ? obeyDe2120(command, gun, at) : [answers('no')]),
  };
}

function obeyDe2120(
  { word, argument }: De2120Command,
  gun: Obeying<YesOrNo>,
  at: number,
): Deed<CommandSaid<YesOrNo>>[] {
  const on = argument === '1';
  switch (word) {
    case 'SCAN':
    case 'SLEEP':
      return [answers('yes'), ...scanning(word === 'SCAN', word === 'SLEEP', gun, at)];
    case 'DSPYFW':
      return [{ kind: 'say', said: { kind: 'answer', answer: 'yes' }, afterMs: VERSION_MS }];
    case 'LAMENA':
      return [answers('yes'), sign({ kind: 'light', on })];
    case 'AIMENA':
      return [answers('yes'), sign({ kind: 'aim', on })];
    case 'BEPSUC':
      gun.settings = { ...gun.settings, beeps: on };
      return [answers('yes')];
    case 'SCM':
      gun.body.trigger = argument === 'MAN' ? 'host' : 'hand';
      return [answers('yes')];
    case 'POR':
      return [answers('yes'), { kind: 'restart' }];
    case '232BAD':
      return [answers('yes'), { kind: 'baud', baudRate: DE2120_BAUD[argument] ?? 9600 }];
    default:
      return [answers('yes')];
  }
}

// --- Datalogic

/** What PowerScan tells when it is asked (texts are the simulator's own). */
const DATALOGIC_TEXTS: Partial<Record<DatalogicName, string>> = {
  i: 'TILLWIRE SIMULATED POWERSCAN',
  h: 'OK',
  s: 'READY',
};

export function datalogicLanguage(): GunLanguage<DatalogicName | undefined, string> {
  return {
    powerUp: factory,
    obey: (command, gun, at) => (command ? obeyDatalogic(command, gun, at) : []),
  };
}

function obeyDatalogic(command: DatalogicName, gun: Obeying<string>, at: number): Deed<CommandSaid<string>>[] {
  const text = DATALOGIC_TEXTS[command];
  if (text !== undefined) return [answers(text)];
  switch (command) {
    case 'E':
    case 'D':
    case 'F':
      gun.body.enabled = command === 'E';
      return command === 'F' ? [sign({ kind: 'beep', tone: 'not-on-file' })] : [];
    case 'R':
      return [{ kind: 'restart' }];
    case 'T':
    case 'X':
      return scanning(command === 'T', command === 'X', gun, at);
    default:
      return [sign({ kind: 'beep', tone: DATALOGIC_COMMANDS[command].meaning })];
  }
}

// --- CipherLab

/** A gun that is halted obeys nothing but resume: assumed, no page says more than the word. */
export function cipherlabLanguage(): GunLanguage<CipherlabName | undefined, never> {
  let halted = false;
  return {
    powerUp: (settings) => {
      halted = false;
      return settings;
    },
    obey: (command, gun) => {
      if (command === undefined || (halted && command !== '#@.... CR')) return [];
      if (command === '#@//// CR') return [sign({ kind: 'beep', tone: CIPHERLAB_COMMANDS[command].meaning })];
      halted = command === '#@---- CR';
      gun.body.enabled = command === 'E' || command === '#@.... CR';
      return [];
    },
  };
}
