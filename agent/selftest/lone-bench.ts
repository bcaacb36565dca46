import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import { lookAtGun } from '../doctor/device-looks.ts';
import { printAlone } from '../doctor/print-alone.ts';
import { layPrintable } from '../slips/printable.ts';
import type { Bench, Printed } from './self-test.ts';
import { signAlone } from './sign-alone.ts';

/** The devices of a till whose agent does not run: opened, used, let go. */
export function loneBench({ scanner, printer, pad }: Pick<Config, 'scanner' | 'printer' | 'pad'>, clock: Clock): Bench {
  return {
    busy: false,
    scanned: async (ms) => (await lookAtGun(scanner, clock, ms)).scan?.length,
    ...(pad && { sign: (ms: number) => signAlone(pad, clock, ms) }),
    ...(printer && {
      print: async (document, pictures): Promise<Printed> => {
        const laid = layPrintable({ kind: 'document', document, data: {} }, printer.paper, {}, pictures);
        const end = await printAlone(printer, laid, clock);
        if (end?.state !== 'sent')
          return { kind: 'failed', why: end?.state === 'not-sent' ? end.cause : 'PRINTER_SILENT' };
        return { kind: end.proof === 'sent' ? 'sent' : 'sure' };
      },
    }),
  };
}
