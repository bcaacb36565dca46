import type { PacketShape } from '../../protocols/framing/packet.ts';
import { countedShape } from '../../protocols/terminal/counted-frame.ts';
import { LINK_DIALECTS, type LinkDialect } from '../../protocols/terminal/link/dialects.ts';
import { ncccShape } from '../../protocols/terminal/nccc/frame.ts';
import { transbankShape } from '../../protocols/terminal/transbank/frame.ts';
import { ArmedFaults } from '../faults/terminal-faults.ts';
import type { TERMINALS } from '../personalities/terminals.ts';
import type { PortWire, Wire } from '../wires/wire.ts';
import { AckedMouth } from './acked-mouth.ts';
import type { AckedTerminal } from './acked-terminal.ts';
import { CardTerminal } from './card-terminal.ts';
import { LinkTerminal } from './link-terminal.ts';
import { NcccTerminal } from './nccc-terminal.ts';
import type { TerminalOptions } from './terminal-port.ts';
import { TransbankTerminal } from './transbank-terminal.ts';

const ACKED_PROTOCOLS = ['transbank', 'kbtg', 'ghl', 'nets', 'nccc'] as const;
export type AckedProtocol = (typeof ACKED_PROTOCOLS)[number];

/** The make that speaks it, unless somebody names another. */
export const USUAL_MAKES = {
  transbank: 'transbank',
  kbtg: 'link',
  ghl: 'link',
  nets: 'link',
  nccc: 'nccc',
} as const satisfies Record<AckedProtocol, keyof typeof TERMINALS>;

/** By the name that a till's configuration has for it. */
export const ACKED_NAMES = {
  'link-kbtg': 'kbtg',
  ghl: 'ghl',
  nets: 'nets',
  transbank: 'transbank',
  nccc: 'nccc',
} as const satisfies Record<string, AckedProtocol>;

/** How long a pulled cable hangs before somebody puts it back. */
const REPLUG_MS = 500;

/** What a protocol's room hears and does. */
interface Room {
  readonly acked: AckedTerminal;
  hear(frame: Uint8Array): void;
}

/** A simulated terminal whose frames are taken by one byte, with everything it needs but a wire. */
export class SimulatedAckedTerminal {
  readonly model: CardTerminal;
  readonly faults = new ArmedFaults();
  /** somebody looks on at the frames of the till */
  onFrame: (frame: Uint8Array) => void = () => undefined;
  readonly #room: Room;
  readonly #options: TerminalOptions;
  readonly #protocol: AckedProtocol;

  /** `dialect`: of a make that says something otherwise than the known one of its protocol */
  constructor(protocol: AckedProtocol, options: TerminalOptions & { readonly dialect?: LinkDialect }) {
    const { dialect } = options;
    this.#protocol = protocol;
    this.#options = options;
    this.model = new CardTerminal({ ...options, faults: this.faults });
    this.#room = roomOf(protocol, this.model, dialect);
  }

  get ledger() {
    return this.model.ledger;
  }

  /** Somebody is at it. */
  get isBusy(): boolean {
    return this.#room.acked.isBusy;
  }

  /** The other side is gone. */
  linkLost(): void {
    this.#room.acked.linkLost();
  }

  /** Switched off and on. */
  restart(): void {
    this.#room.acked.restart();
  }

  onWire(wire: Wire): void {
    const shape = SHAPES[this.#protocol] ?? countedShape;
    const { acked } = this.#room;
    const ears = {
      hear: (frame: Uint8Array) => {
        this.onFrame(frame);
        acked.once(frame, () => this.#room.hear(frame));
      },
      lost: () => acked.linkLost(),
    };
    acked.speakThrough(new AckedMouth(wire, this.#options.clock, this.faults, shape, ears));
  }

  /** A cable that can be pulled: what `unplugged` does. */
  onPort(port: PortWire): void {
    this.onWire(port);
    const { acked } = this.#room;
    acked.onUnplug = () => {
      acked.linkLost();
      void port.hangup();
      this.#options.clock.after(REPLUG_MS, () => void port.replug());
    };
  }
}

const SHAPES: Partial<Record<AckedProtocol, PacketShape>> = { transbank: transbankShape, nccc: ncccShape };

function roomOf(protocol: AckedProtocol, model: CardTerminal, dialect: LinkDialect | undefined): Room {
  switch (protocol) {
    case 'transbank':
      return new TransbankTerminal(model);
    case 'nccc':
      return new NcccTerminal(model);
    default:
      return new LinkTerminal(model, dialect ?? LINK_DIALECTS[protocol]);
  }
}
