import type { DeviceStates } from '../backend/device-states.ts';
import { explain } from '../errors.ts';
import type { Log } from '../log.ts';
import type { SlipPrinterEvents } from './printer.ts';

/** What a printer tells, as log lines. What it says of its paper is shown before a job, not after a complaint. */
export function printerEvents(states: DeviceStates, log: Log): SlipPrinterEvents {
  return {
    onUp: () => {
      log.info({}, 'printer connected');
      states.online('printer');
    },
    onDown: (problem) => {
      log.warn(
        { device: 'printer', ...problem },
        explain(problem.code, `printer at ${problem.path}: ${problem.detail}`),
      );
      states.offline('printer', problem.code);
    },
    onStatus: (status, job) => log.info({ ...status, job }, 'printer status'),
  };
}
