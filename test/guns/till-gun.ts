import type { Clock } from '../../agent/clock.ts';
import { ScannerGun } from '../../agent/devices/scanner.ts';
import type { ByteLink, LinkListener } from '../../agent/transport/link.ts';
import type { GunPersonality } from '../../simulator/personalities/guns.ts';
import type { VirtualClock } from '../../simulator/world/clock.ts';
import type { Told } from './ears.ts';
import { gunSettings, peerOf } from './till-settings.ts';

/** As setTimeout counts: whole milliseconds, at least one. */
function nodeTimers(clock: VirtualClock): Clock {
  return {
    now: () => clock.now(),
    mono: () => clock.mono(),
    after: (ms, run) => clock.after(Math.max(1, Math.trunc(ms)), run),
  };
}

/** The agent's own gun (agent/devices/scanner.ts) above a cable of the tests, on the clock of the simulated one. */
export class TillGun {
  readonly gun: ScannerGun;
  readonly #personality: GunPersonality;
  readonly #clock: VirtualClock;
  #listener: LinkListener | undefined;
  #isUp = false;

  constructor(
    personality: GunPersonality,
    clock: VirtualClock,
    write: (bytes: Uint8Array) => void,
    tell: (told: Told) => void,
  ) {
    this.#personality = personality;
    this.#clock = clock;
    const open = (listener: LinkListener): ByteLink => {
      this.#listener = listener;
      const isUp = () => this.#isUp;
      return {
        get isUp() {
          return isUp();
        },
        write: (bytes) => {
          if (!this.#isUp) return Promise.resolve({ kind: 'not-written', cause: 'DOWN' });
          write(bytes);
          return Promise.resolve({ kind: 'written' });
        },
        close: () => Promise.resolve(),
      };
    };
    this.gun = new ScannerGun(
      gunSettings(personality, '/gun'),
      {
        onScan: ({ text, aim }) => tell({ kind: 'text', text: text.reveal(), ...(aim !== undefined && { aim }) }),
        onNoise: ({ bytes }) => tell({ kind: 'noise', cause: 'summed', length: bytes }),
        onNoRead: () => tell({ kind: 'no-read' }),
        onDuplicate: () => tell({ kind: 'other', what: 'duplicate' }),
        onUp: () => undefined,
        onDown: () => undefined,
        onCommandFailed: ({ command, outcome }) => tell({ kind: 'answer', command, outcome }),
      },
      nodeTimers(clock),
      open,
    );
    this.gun.wait(true);
  }

  up(): void {
    this.#isUp = true;
    this.#listener?.up(this.#clock.mono(), peerOf(this.#personality));
  }

  down(): void {
    if (!this.#isUp) return;
    this.#isUp = false;
    this.#listener?.down({ code: 'PORT_LOST', path: '/gun', detail: 'pulled' }, this.#clock.mono());
  }

  bytes(bytes: Uint8Array): void {
    this.#listener?.bytes(bytes, this.#clock.mono());
  }
}
