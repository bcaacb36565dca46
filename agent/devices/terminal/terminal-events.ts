import type { DeviceStates } from '../../backend/device-states.ts';
import { explain } from '../../errors.ts';
import type { Log } from '../../log.ts';
import type { PaymentTerminalEvents } from './payment-terminal.ts';

export interface TerminalEventParts {
  readonly states: DeviceStates;
  readonly log: Log;
  /** who looks after what the terminal was told to do */
  readonly runner: Pick<PaymentTerminalEvents, 'store' | 'storeLate'> & {
    ready(): void;
    news: PaymentTerminalEvents['onNews'];
  };
}

/** What a card terminal tells, as log lines, as the state of the device, and as facts of the attempt that it is about. */
export function terminalEvents({ states, log, runner }: TerminalEventParts): PaymentTerminalEvents {
  return {
    onUp: () => log.info({}, 'line to the card terminal open'),
    onReady: () => {
      log.info({}, 'card terminal ready');
      states.online('terminal');
      runner.ready();
    },
    onDown: (problem) => {
      log.warn(
        { device: 'terminal', ...problem },
        explain(problem.code, `card terminal at ${problem.path}: ${problem.detail}`),
      );
      states.offline('terminal', problem.code);
    },
    store: (result) => runner.store(result),
    storeLate: (result) => runner.storeLate(result),
    onNews: (news) => runner.news(news),
  };
}
