import type { Request } from '../../protocols/backend/requests.ts';
import type { Slip } from '../../protocols/escpos/slip.ts';
import type { LedgerEntry } from '../acquirer/ledger.ts';
import type { BackendFault } from '../backend/request-desk.ts';
import type { PrinterModel } from '../devices/printer.ts';

// A device scripted in a few lines: what a behaviour says nothing about happens as usual. Hooks on three levels: the bytes on
// a device's wire, the messages between till and backend, the business of the shop. The idea is zwave-js' mock controller.

/** Bytes instead of those that came: others, several pieces, none; `undefined`: as they are. */
export type Instead = Uint8Array | readonly Uint8Array[] | 'nothing' | undefined;

/** What a behaviour can do to its device. */
export interface DeviceHands {
  /** the device says this, whatever else it says */
  readonly say: (bytes: Uint8Array) => void;
  readonly pull: () => Promise<void>;
  readonly plug: () => Promise<void>;
  readonly after: (ms: number, act: () => void) => void;
}

/** What a behaviour can do to the shop. */
export interface ShopHands {
  readonly printer: PrinterModel;
  /** breaks the next request of the till */
  readonly inject: (fault: BackendFault) => void;
  readonly after: (ms: number, act: () => void) => void;
}

export interface Behaviour {
  readonly name: string;
  /** whose wire `heard` and `said` are about */
  readonly device?: 'gun' | 'printer';
  /** bytes of the till, before the device hears them */
  heard?(bytes: Uint8Array, device: DeviceHands): Instead;
  /** bytes of the device, before the till gets them */
  said?(bytes: Uint8Array, device: DeviceHands): Instead;
  /** a request of the till has reached the backend, and no channel has seen it yet */
  request?(request: Request, shop: ShopHands): void;
  /** money has moved */
  money?(entry: LedgerEntry, shop: ShopHands): void;
  /** a paper came out of the printer */
  slip?(slip: Slip, shop: ShopHands): void;
}

/** The bytes that go on: those of the first behaviour that has a word, offered to the next ones piece by piece. */
export function through(
  behaviours: readonly Behaviour[],
  hook: 'heard' | 'said',
  bytes: Uint8Array,
  device: DeviceHands,
): readonly Uint8Array[] {
  return behaviours.reduce<readonly Uint8Array[]>(
    (pieces, behaviour) => pieces.flatMap((piece) => piecesOf(behaviour[hook]?.(piece, device), piece)),
    [bytes],
  );
}

function piecesOf(instead: Instead, piece: Uint8Array): readonly Uint8Array[] {
  if (instead === undefined) return [piece];
  if (instead === 'nothing') return [];
  return instead instanceof Uint8Array ? [instead] : instead;
}
