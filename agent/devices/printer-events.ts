import type { DeviceStates } from '../backend/device-states.ts';
import { type ErrorCode, explain } from '../errors.ts';
import type { Log } from '../log.ts';
import type { SlipPrinterEvents } from './printer.ts';
import { hindranceOf, type PrinterStatus } from './printer-status.ts';

export interface PrinterEventParts {
  readonly states: DeviceStates;
  readonly log: Log;
  /** a job that had ended as unknown is on paper after all */
  readonly onLateProof: (job: string) => void;
}

/** What a printer tells, as log lines and as the state of the device; the same condition is told once. */
export function printerEvents({ states, log, onLateProof }: PrinterEventParts): SlipPrinterEvents {
  let told: ErrorCode | 'good' | undefined;
  return {
    onUp: () => {
      log.info({}, 'printer connected');
      told = undefined;
      states.online('printer');
    },
    onDown: (problem) => {
      log.warn(
        { device: 'printer', ...problem },
        explain(problem.code, `printer at ${problem.path}: ${problem.detail}`),
      );
      states.offline('printer', problem.code);
    },
    onSilent: (mustAnswer) => {
      if (told === 'PRINTER_SILENT') return;
      told = 'PRINTER_SILENT';
      log.warn({ device: 'printer' }, explain('PRINTER_SILENT'));
      // one that never said anything may have no wire for it: it prints, and nobody can prove it
      if (mustAnswer) states.offline('printer', 'PRINTER_SILENT');
      else states.remark('printer', 'PRINTER_SILENT');
    },
    onStatus: (status, job) => {
      const condition = conditionOf(status);
      if (condition === told) return;
      const cameBack = told !== undefined && told !== 'PRINTER_PAPER_LOW';
      told = condition;
      const fields = { ...status, ...(job === undefined ? {} : { job }) };
      if (condition === 'good') log.info(fields, 'printer ready');
      else log.warn(fields, explain(condition));
      states.remark('printer', condition === 'PRINTER_PAPER_LOW' ? condition : undefined);
      if (hindranceOf(status)) states.offline('printer', condition);
      else if (cameBack) states.online('printer');
    },
    onHeld: (why, job) => log.warn({ job }, explain(why, 'the printer has the slip and prints it when it can')),
    onLateProof: (job) => {
      log.info({ job }, 'the printer confirms a slip late');
      onLateProof(job);
    },
  };
}

function conditionOf(status: PrinterStatus): ErrorCode | 'good' {
  return hindranceOf(status) ?? (status.paper === 'near-end' ? 'PRINTER_PAPER_LOW' : 'good');
}
