import type { CommandEnvelope, CommandResult } from '../../protocols/backend/commands.ts';
import type { EventEnvelope } from '../../protocols/backend/events.ts';
import type { DeviceState } from '../../protocols/backend/presence.ts';
import type { TillAddress } from '../../protocols/backend/topics.ts';
import type { CustomerPlan } from '../acquirer/customer.ts';
import type { IntentPlan } from '../acquirer/intents.ts';
import type { LedgerEntry } from '../acquirer/ledger.ts';
import type { CollectOrder } from '../backend/command-book.ts';
import type { BackendFault } from '../backend/request-desk.ts';
import type { Wallet } from '../devices/phone.ts';
import type { GunFault } from '../faults/gun-faults.ts';
import type { Ending, Sign } from '../guns/model.ts';

// What a test and the process of its shop say to each other, over the channel Node opens between parent and child.

export type ShopDevice = 'gun' | 'printer';

/** The shop to be opened, every choice made. */
export interface ShopTerms {
  readonly till: TillAddress;
  /** for the names of the ports; the shop's process removes it when the test is gone without a word */
  readonly folder: string;
  readonly gun: string;
  readonly gunWire: 'pty' | 'tcp' | 'report-stream';
  readonly printer: string;
  readonly printerWire: 'pty' | 'tcp';
  readonly brokerPort: number;
}

/** Where a program finds the shop. */
export interface ShopAddresses {
  readonly brokerUrl: string;
  readonly gunPath: string;
  readonly printerPath: string;
}

export interface ScanWish {
  readonly code: { readonly wallet: Wallet } | { readonly text: string };
  readonly fault?: GunFault;
}

/** What the shop can be asked to do: name, what it takes, what it gives. */
export interface ShopCalls {
  open: (terms: ShopTerms) => ShopAddresses;
  collect: (order: CollectOrder) => CommandResult;
  command: (order: { readonly verb: string; readonly args: CommandEnvelope['args'] }) => CommandResult;
  customer: (plan: CustomerPlan) => void;
  buyers: (plan: IntentPlan) => void;
  scan: (wish: ScanWish) => { readonly how: Ending };
  /** a word of `tillwire-sim printer`: "paper out" */
  printer: (word: string) => void;
  backendFault: (fault: BackendFault) => void;
  pull: (device: ShopDevice) => void;
  plug: (device: ShopDevice) => void;
  /** a program that must not outlive the test */
  guard: (pid: number) => void;
  release: (pid: number) => void;
  close: () => void;
}

export type ShopCallName = keyof ShopCalls;

export interface ToShopProcess {
  readonly id: number;
  readonly call: ShopCallName;
  readonly with: unknown;
}

/** Something happened in the shop. */
export type ShopNews =
  | { readonly kind: 'ledger'; readonly entry: LedgerEntry }
  | { readonly kind: 'slip'; readonly bytes: Uint8Array }
  | { readonly kind: 'event'; readonly event: EventEnvelope }
  | { readonly kind: 'result'; readonly result: CommandResult }
  | { readonly kind: 'device'; readonly state: DeviceState }
  | { readonly kind: 'agent'; readonly state: 'online' | 'offline' | 'lost' }
  | { readonly kind: 'not-of-the-contract'; readonly topic: string }
  | { readonly kind: 'sign'; readonly sign: Sign }
  | {
      readonly kind: 'bytes';
      readonly device: ShopDevice;
      readonly from: 'device' | 'till';
      readonly bytes: Uint8Array;
      /** monotonic ms of the shop's process */
      readonly at: number;
    };

export type FromShopProcess =
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'failed'; readonly id: number; readonly reason: string }
  | ShopNews;
