import type { PrinterState } from '../../protocols/escpos/status.ts';
import type { PrinterModel } from '../devices/printer.ts';

/** What a person at the simulated printer can do: one word or two on a line. */
const STATES = {
  'paper in': { paper: 'ok' },
  'paper near': { paper: 'near-end' },
  'paper out': { paper: 'end' },
  'cover open': { cover: 'open' },
  'cover close': { cover: 'closed' },
  hot: { error: 'hot' },
  cool: { error: 'none' },
  dead: { error: 'unrecoverable' },
  'feed down': { feeding: true },
  'feed up': { feeding: false },
  'drawer open': { drawerPin: 'high' },
  'drawer close': { drawerPin: 'low' },
} as const satisfies Record<string, Partial<PrinterState>>;

const ACTIONS = {
  jam: (printer: PrinterModel) => printer.jamAtNextCut(),
  tear: (printer: PrinterModel) => printer.tearOff(),
  off: (printer: PrinterModel) => printer.powerOff(),
  on: (printer: PrinterModel) => printer.powerOn(),
  mute: (printer: PrinterModel) => {
    printer.mute = true;
  },
  unmute: (printer: PrinterModel) => {
    printer.mute = false;
  },
} as const satisfies Record<string, (printer: PrinterModel) => void>;

export const CONTROLS: readonly string[] = [...Object.keys(STATES), ...Object.keys(ACTIONS)];

/** Does what the line says; false when nobody knows what that is. */
export function control(printer: PrinterModel, line: string): boolean {
  const order = line.trim().replaceAll(/\s+/g, ' ');
  if (Object.hasOwn(STATES, order)) printer.change(STATES[order as keyof typeof STATES]);
  else if (Object.hasOwn(ACTIONS, order)) ACTIONS[order as keyof typeof ACTIONS](printer);
  else return false;
  return true;
}
