import {
  ASSUMED_CERTIFIED,
  type CertifiedDialect,
  type TerminalIdentity,
} from '../../protocols/terminal/certified/messages.ts';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import { CertifiedTerminal } from '../devices/certified-terminal.ts';
import { openLink } from '../devices/open-devices.ts';
import { explain } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Outside } from '../outside.ts';
import { PayingTerminal } from './paying-terminal.ts';

export interface CertifiedRoomParts {
  readonly config: Pick<Config, 'certified' | 'registration' | 'training'>;
  readonly outside: Outside;
  readonly clock: Clock;
  readonly log: Log;
  /** it has said who it is */
  readonly onIdentity: () => void;
}

/** The assumed commands with what the configuration says instead. */
export function certifiedDialect({ dialect }: NonNullable<Config['certified']>): CertifiedDialect {
  const { handshake = ASSUMED_CERTIFIED.handshake, mac = ASSUMED_CERTIFIED.mac } = dialect;
  return { handshake, mac };
}

/** The registered terminal: what payments say of it, and the certified device that vouches for it. */
export class CertifiedRoom {
  /** absent: this till is not registered */
  readonly paying: PayingTerminal | undefined;
  readonly #device: CertifiedTerminal | undefined;
  #identity: TerminalIdentity | undefined;

  constructor(parts: CertifiedRoomParts) {
    const { config, log } = parts;
    this.#device = this.#opened(parts);
    this.paying =
      config.registration &&
      new PayingTerminal({
        registration: config.registration,
        certified: this.#device,
        identity: () => this.#identity,
        log,
      });
  }

  /** Who the certified terminal said that it is, the last time it was asked. */
  get identity(): TerminalIdentity | undefined {
    return this.#identity;
  }

  async close(): Promise<void> {
    await this.#device?.close();
  }

  /** A till that practises pays nothing: no certified terminal vouches for it. */
  #opened({ config, outside, clock, log, onIdentity }: CertifiedRoomParts): CertifiedTerminal | undefined {
    const { certified, training } = config;
    if (!certified || training) return undefined;
    const { path, baudRate, answerMs } = certified;
    return new CertifiedTerminal({
      dialect: certifiedDialect(certified),
      answerMs,
      clock,
      events: {
        onIdentity: (identity) => {
          if (this.#identity?.serial !== identity.serial || this.#identity.mark !== identity.mark)
            log.info({ serial: identity.serial, mark: identity.mark }, 'certified terminal ready');
          this.#identity = identity;
          onIdentity();
        },
        onDown: (problem) =>
          log.warn({ device: 'certified', ...problem }, explain(problem.code, `certified terminal at ${problem.path}`)),
      },
      open: (listener) => openLink(outside, { path, baudRate }, listener),
    });
  }
}
