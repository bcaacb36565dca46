import type { Scan } from '../../protocols/scanner/scan.ts';
import type { DeviceStates } from '../backend/device-states.ts';
import type { Clock } from '../clock.ts';
import { explain } from '../errors.ts';
import type { Log } from '../log.ts';
import { type ScannerEvents, SETTLE_MS } from './scanner.ts';

/** A plug that is pulled so often within a minute is loose. */
const LOOSE_AFTER = 4;
const LOOSE_WINDOW_MS = 60_000;
/** A loose gun is there again only when it stayed for so long: nobody is told of every twitch. */
const LOOSE_SETTLE_MS = 5_000;

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
  let lostAt: number[] = [];
  let isLoose = false;
  const lost = (at: number) => {
    lostAt = [...lostAt.filter((then) => at - then < LOOSE_WINDOW_MS), at].slice(-LOOSE_AFTER);
    const wasLoose = isLoose;
    isLoose = lostAt.length >= LOOSE_AFTER;
    if (isLoose && !wasLoose) log.error({ device: 'gun', times: LOOSE_AFTER }, explain('DEVICE_LOOSE'));
  };
  return {
    onScan: (scan) => desk.scanned(scan),
    onNoise: (report) => log.warn(report, explain('SCANNER_NOISE')),
    onNoRead: () => log.info({}, 'nothing was read'),
    onDuplicate: () => log.info({}, 'the same code again, ignored'),
    onUp: () => {
      callOff = clock.after(isLoose ? LOOSE_SETTLE_MS : SETTLE_MS, () => {
        log.info({}, 'gun connected');
        states.online('scanner');
      });
    },
    onCommandFailed: ({ command, outcome }) =>
      log.warn({ command, outcome }, explain('SCANNER_COMMAND_FAILED', `${command}: ${outcome}`)),
    onDown: (problem, at) => {
      callOff();
      if (problem.code === 'PORT_LOST') lost(at);
      if (isLoose && problem.code === 'PORT_LOST') return states.offline('scanner', 'DEVICE_LOOSE');
      log.warn({ device: 'gun', ...problem }, explain(problem.code, `gun at ${problem.path}: ${problem.detail}`));
      states.offline('scanner', problem.code);
    },
  };
}
