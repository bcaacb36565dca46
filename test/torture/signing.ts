import type { Clock } from '../../simulator/world/clock.ts';
import type { MemoryBackend } from '../world/backend.ts';
import type { Chance } from './chance.ts';
import type { CrashPoint } from './crash-points.ts';
import type { DiskTrouble } from './disk.ts';
import type { Judge } from './judge.ts';
import { PadBox, type SigningFault } from './pad-box.ts';
import { PadJudge } from './pad-judge.ts';
import type { PadMake } from './pad-make.ts';
import { SealedDisk } from './sealed-disk.ts';
import { SerialPort } from './serial-port.ts';
import type { Witness } from './witness.ts';

export interface SigningParts {
  readonly make: PadMake;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly backend: MemoryBackend;
  readonly judge: Judge;
  readonly witness: Witness;
  readonly trouble: DiskTrouble;
  readonly wants: (fault: SigningFault) => boolean;
  readonly hit: (fault: SigningFault) => void;
  readonly reached: (point: CrashPoint) => void;
  readonly tell: (what: () => string) => void;
}

const PAD_BAUD = 115_200;

/** Everything about signatures in one world: the pad, the folder that keeps them, the acquirer's book, and who judges them. */
export class Signing {
  readonly make: PadMake;
  readonly box: PadBox;
  readonly disk: SealedDisk;
  readonly judge: PadJudge;

  constructor(parts: SigningParts) {
    const { make, clock, chance, backend, judge, witness, trouble, wants, hit, reached, tell } = parts;
    this.make = make;
    this.disk = new SealedDisk(clock, trouble, {
      written: (bytes) => this.judge.sealed(Buffer.from(bytes).toString('latin1')),
      appended: () => reached('signature-written-not-synced'),
      synced: () => reached('signature-synced'),
      deleted: (name) => {
        tell(() => `${name} is deleted`);
        this.judge.deleted(name);
        reached('signature-deleted');
      },
    });
    this.box = new PadBox(make, new SerialPort('/pad', clock, PAD_BAUD), clock, chance, {
      wants,
      happens: hit,
      reached,
      asked: (code) => {
        tell(() => `asks for a signature under ${code}`);
        this.judge.asked(code);
      },
    });
    this.box.watch(backend.signatures);
    this.judge = new PadJudge({
      witness,
      disk: this.disk,
      given: () => this.box.given,
      kept: () => backend.signatures.kept,
      papersOf: (attemptId) => (judge.originals.get(attemptId)?.all ?? 0) + (judge.marked.get(attemptId) ?? 0),
      find: (invariant, detail) => judge.find(invariant, detail),
    });
  }

  /** Nothing waits any more: all is with the acquirer, or on paper. */
  get isSettled(): boolean {
    return this.disk.isEmpty;
  }
}
