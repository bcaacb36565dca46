import type { Scan } from '../../protocols/scanner/scan.ts';
import type { DeviceStates } from '../backend/device-states.ts';
import { explain } from '../errors.ts';
import type { Log } from '../log.ts';
import type { ScannerEvents } from './scanner.ts';

/** What the counter does with what a gun tells: scans go to the desk, troubles into the log as one line each. */
export function scannerEvents(desk: { scanned(scan: Scan): void }, states: DeviceStates, log: Log): ScannerEvents {
  return {
    onScan: (scan) => desk.scanned(scan),
    onNoise: (report) => log.warn(report, explain('SCANNER_NOISE')),
    onNoRead: () => log.info({}, 'nothing was read'),
    onDuplicate: () => log.info({}, 'the same code again, ignored'),
    onUp: () => {
      log.info({}, 'gun connected');
      states.online('scanner');
    },
    onDown: (problem) => {
      log.warn({ device: 'gun', ...problem }, explain(problem.code, `gun at ${problem.path}: ${problem.detail}`));
      states.offline('scanner', problem.code);
    },
  };
}
