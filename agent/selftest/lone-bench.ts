import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import { lookAtGun } from '../doctor/device-looks.ts';
import { printAlone } from '../doctor/print-alone.ts';
import { layPrintable } from '../slips/printable.ts';
import type { Bench, Printed } from './self-test.ts';

/** The devices of a till whose agent does not run: opened, used, let go. */
export function loneBench({ scanner, printer }: Pick<Config, 'scanner' | 'printer'>, clock: Clock): Bench {
  return {
    busy: false,
    scanned: async (ms) => (await lookAtGun(scanner, clock, ms)).scan?.length,
    ...(printer && {
      print: async (document): Promise<Printed> => {
        const laid = layPrintable({ kind: 'document', document, data: {} }, printer.paper, {});
        const end = await printAlone(printer, laid, clock);
        if (end?.state !== 'sent')
          return { kind: 'failed', why: end?.state === 'not-sent' ? end.cause : 'PRINTER_SILENT' };
        return { kind: end.proof === 'sent' ? 'sent' : 'sure' };
      },
    }),
  };
}
