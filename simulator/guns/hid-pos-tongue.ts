import { encodeLatin1 } from '../../protocols/bytes/latin1.ts';
import { commandOf, encodeHidPos } from '../../protocols/scanner/hid-pos.ts';
import type { HidPosLayout } from '../../protocols/scanner/hid-pos-layout.ts';
import { symbologyIds } from '../../protocols/scanner/symbology.ts';
import type { CommandSaid, CommandSettings } from './command-gun.ts';
import type { CommandWords } from './command-tongue.ts';
import type { Reading, Tongue } from './model.ts';

// The same guns on USB HID POS: each code in reports, each command in an output report (scanners.md 4.2).

export interface HidPosForm {
  readonly layout: HidPosLayout;
  /** bytes behind the code are what was there before, as some firmware leaves them */
  readonly staleTail: boolean;
  /** code id of answers, e.g. `6` with ]Z6 (captured, Voyager 1602g) */
  readonly answerIds?: { readonly aim: string; readonly codeId: string };
  readonly toldIds?: { readonly aim: string; readonly codeId: string };
}

export function hidPosTongue<Command, Answer>(
  words: CommandWords<Command, Answer>,
  form: HidPosForm,
  settings: () => CommandSettings,
): Tongue<CommandSaid<Answer>, Command> {
  let before: Uint8Array | undefined;
  const stale = (report: Uint8Array): Uint8Array => {
    const filled = form.staleTail && before ? withTail(report, before, form.layout) : report;
    before = filled;
    return filled;
  };
  return {
    say: (said) => reportsOf(said, words, form, settings()).map(stale),
    hear: (report) => {
      const command = commandOf(report);
      return command ? [...words.parse(command)] : [];
    },
    nextDeadline: undefined,
    silence: () => [],
    reset: () => {
      before = undefined;
    },
  };
}

function reportsOf<Command, Answer>(
  said: CommandSaid<Answer>,
  words: CommandWords<Command, Answer>,
  { layout, answerIds, toldIds }: HidPosForm,
  { suffix }: CommandSettings,
): Uint8Array[] {
  switch (said.kind) {
    case 'code':
    case 'headed':
      return codeReports(said.reading, layout, suffix);
    case 'no-read':
      return encodeHidPos(layout, { bytes: Uint8Array.of(0x4e, 0x52, ...suffix) });
    case 'answer':
      return encodeHidPos(layout, { bytes: words.answer(said.answer), ...answerIds });
    case 'told':
      return toldIds ? encodeHidPos(layout, { bytes: encodeLatin1(said.text) ?? new Uint8Array(), ...toldIds }) : [];
    default:
      return said satisfies never;
  }
}

function codeReports({ data, symbology }: Reading, layout: HidPosLayout, suffix: Uint8Array): Uint8Array[] {
  const { aim, honeywell } = symbologyIds(symbology);
  const bytes = Uint8Array.of(...data, ...suffix);
  return encodeHidPos(layout, { bytes, aim, ...(honeywell !== undefined && { codeId: honeywell }) });
}

function withTail(report: Uint8Array, before: Uint8Array, { data, count }: HidPosLayout): Uint8Array {
  if (count === undefined) return report;
  const from = data.at + (report[count] ?? 0);
  const filled = report.slice();
  filled.set(before.subarray(from, data.at + data.length), from);
  return filled;
}
