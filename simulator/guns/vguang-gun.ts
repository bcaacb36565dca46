import { PacketFramer } from '../../protocols/framing/packet.ts';
import { vguangCommandShape } from '../../protocols/scanner/host-commands.ts';
import {
  encodeVguang,
  parseVguang,
  VGUANG_COMMANDS,
  VGUANG_MASK,
  type VguangFrame,
} from '../../protocols/scanner/vguang.ts';
import { GOOD_BEEP } from './body.ts';
import { type Deed, type GunModel, type Reading, sign, type Tongue } from './model.ts';

// Vguang's box (scanners.md 3.4): triggers itself, tells each code in a frame over its reports, obeys lights and buzzer.

export interface VguangSaid {
  readonly reading: Reading;
}

export class VguangGun implements GunModel<VguangSaid, VguangFrame> {
  #feedback = true;

  get nextDeadline(): undefined {
    return undefined;
  }

  read(reading: Reading): Deed<VguangSaid>[] {
    return [{ kind: 'say', said: { reading }, reading: reading.id }, ...(this.#feedback ? [sign(GOOD_BEEP)] : [])];
  }

  noRead(): Deed<VguangSaid>[] {
    return [];
  }

  hear({ command, data }: VguangFrame): Deed<VguangSaid>[] {
    const [mask = 0] = data;
    if (command === VGUANG_COMMANDS.indicator)
      return [
        ...(mask & VGUANG_MASK.buzzer
          ? [sign({ kind: 'beep', tone: `${data[1] ?? 0} x ${(data[2] ?? 0) * 50} ms` })]
          : []),
        ...(mask & (VGUANG_MASK.red | VGUANG_MASK.green) ? [sign({ kind: 'led', on: true })] : []),
      ];
    if (command === VGUANG_COMMANDS.whiteLight) return [sign({ kind: 'light', on: mask !== 0 })];
    if (command === VGUANG_COMMANDS.builtInFeedback) this.#feedback = mask !== 0;
    return [];
  }

  said({ reading }: VguangSaid, _at: number, delivered: boolean): Deed<VguangSaid>[] {
    return [{ kind: 'end', reading: reading.id, how: delivered ? 'said' : 'unplugged' }];
  }

  wake(): Deed<VguangSaid>[] {
    return [];
  }

  powerUp(): Deed<VguangSaid>[] {
    this.#feedback = true;
    return [];
  }
}

const REPORT_BYTES = 64;
/** the command of a code is assumed (scanners.md 9) */
const CODE = 0x30;
const GOOD = 0x00;

/** Reports without an id; what follows the frame is zeros. */
export function vguangTongue(): Tongue<VguangSaid, VguangFrame> {
  const framer = new PacketFramer(vguangCommandShape);
  return {
    say: ({ reading }) => inReports(encodeVguang({ command: CODE, status: GOOD, data: reading.data })),
    hear: (report, at) =>
      framer.push(report.subarray(1), at).flatMap((event) => {
        const frame = event.kind === 'packet' ? parseVguang(event.bytes, 'host') : undefined;
        return frame ? [frame] : [];
      }),
    get nextDeadline() {
      return framer.nextDeadline;
    },
    silence: (at) => (framer.silence(at), []),
    reset: () => void framer.reset(),
  };
}

function inReports(frame: Uint8Array): Uint8Array[] {
  const reports: Uint8Array[] = [];
  for (let at = 0; at < frame.length; at += REPORT_BYTES) {
    const report = new Uint8Array(REPORT_BYTES);
    report.set(frame.subarray(at, at + REPORT_BYTES));
    reports.push(report);
  }
  return reports;
}
