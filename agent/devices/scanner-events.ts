import type { Scan } from '../../protocols/scanner/scan.ts';
import type { DeviceStates } from '../backend/device-states.ts';
import type { Clock } from '../clock.ts';
import { explain } from '../errors.ts';
import type { Log } from '../log.ts';
import { type ScannerEvents, SETTLE_MS } from './scanner.ts';

/**
 * What the counter does with what a gun tells: scans go to the desk, troubles into the log as one line each. A gun is
 * there for everybody from the moment its codes count.
 */
export function scannerEvents(
  desk: { scanned(scan: Scan): void },
  states: DeviceStates,
  log: Log,
  clock: Clock,
): ScannerEvents {
  let callOff = () => {};
  return {
    onScan: (scan) => desk.scanned(scan),
    onNoise: (report) => log.warn(report, explain('SCANNER_NOISE')),
    onNoRead: () => log.info({}, 'nothing was read'),
    onDuplicate: () => log.info({}, 'the same code again, ignored'),
    onUp: () => {
      callOff = clock.after(SETTLE_MS, () => {
        log.info({}, 'gun connected');
        states.online('scanner');
      });
    },
    onCommandFailed: ({ command, outcome }) =>
      log.warn({ command, outcome }, explain('SCANNER_COMMAND_FAILED', `${command}: ${outcome}`)),
    onDown: (problem) => {
      callOff();
      log.warn({ device: 'gun', ...problem }, explain(problem.code, `gun at ${problem.path}: ${problem.detail}`));
      states.offline('scanner', problem.code);
    },
  };
}
