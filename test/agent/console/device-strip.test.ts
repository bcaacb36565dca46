import { describe, expect, it } from 'vitest';
import { DeviceStates } from '../../../agent/backend/device-states.ts';
import { DeviceStrip } from '../../../agent/console/device-strip.ts';
import { printerEvents } from '../../../agent/devices/printer-events.ts';
import { statusOf } from '../../../agent/devices/printer-status.ts';

const SOUND = statusOf(0, 0);
const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

describe('the light of the printer', () => {
  const counter = () => {
    let now = 1_000;
    const states = new DeviceStates({
      link: { listen: () => undefined, publish: () => true },
      till: { tenant: 't', store: 's', agent: 'a' },
      backendNow: () => now,
    });
    const strip = new DeviceStrip({
      devices: states,
      skew: { backendNow: () => now, trusted: true, wallClockErrorMs: 0 },
      network: { online: true },
      hasPrinter: true,
      hasTerminal: false,
    });
    return {
      printer: printerEvents({ states, log: quiet, onLateProof: () => undefined }),
      light: () => strip.lights().find(({ device }) => device === 'printer'),
      pass: (ms: number) => {
        now += ms;
      },
    };
  };

  it('before it was ever heard of it is being connected to', () => {
    expect(counter().light()).toMatchObject({ state: 'warn', problem: { en: 'connecting' }, sinceMs: 1_000 });
  });

  it('paper that runs low is a warning since then; a new roll ends it; paper that is out is worse', () => {
    const { printer, light, pass } = counter();
    printer.onUp(0);
    printer.onStatus(SOUND, undefined);
    expect(light()).toEqual({ device: 'printer', state: 'ok', sinceMs: 1_000 });
    pass(5);
    printer.onStatus({ ...SOUND, paper: 'near-end' }, undefined);
    pass(5);
    printer.onStatus({ ...SOUND, paper: 'near-end' }, undefined);
    expect(light()).toMatchObject({ state: 'warn', code: 'PRINTER_PAPER_LOW', sinceMs: 1_005 });
    expect(light()?.remedy?.zh).toMatch(/纸/);
    printer.onStatus({ ...SOUND, paper: 'end' }, undefined);
    expect(light()).toMatchObject({ state: 'bad', code: 'PRINTER_PAPER_OUT', sinceMs: 1_010 });
    printer.onStatus(SOUND, undefined);
    expect(light()).toMatchObject({ state: 'ok' });
  });
});
