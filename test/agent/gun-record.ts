import { type Clock, systemClock } from '../../agent/clock.ts';
import type { ScannerConfig } from '../../agent/devices/scanner/languages.ts';
import type { NoiseReport } from '../../agent/devices/scanner/noise.ts';
import { type ScannerEvents, ScannerGun } from '../../agent/devices/scanner.ts';
import type { ByteLink, LinkListener, LinkProblem } from '../../agent/transport/link.ts';
import type { Scan } from '../../protocols/scanner/scan.ts';

export const deps = { clock: systemClock, random: () => 0.5 };

/** A gun in real time, and everything it told. */
export class GunRecord implements ScannerEvents {
  readonly scans: Scan[] = [];
  readonly noise: NoiseReport[] = [];
  readonly downs: LinkProblem[] = [];
  readonly failed: string[] = [];
  ups = 0;
  noReads = 0;
  readonly gun: ScannerGun;

  constructor(
    config: Partial<ScannerConfig>,
    openLink: (listener: LinkListener) => ByteLink,
    clock: Clock = systemClock,
  ) {
    const line = { baudRate: 9600, terminator: 'auto', codeId: 'aim', encoding: 'auto' } as const;
    this.gun = new ScannerGun({ path: 'gun', ...line, dedupeMs: 0, ...config }, this, clock, openLink);
  }

  get codes(): string[] {
    return this.scans.map(({ text }) => text.reveal());
  }

  onScan = (scan: Scan) => void this.scans.push(scan);
  onNoise = (report: NoiseReport) => void this.noise.push(report);
  onNoRead = () => void (this.noReads += 1);
  onDuplicate = () => undefined;
  onUp = () => void (this.ups += 1);
  onDown = (problem: LinkProblem) => void this.downs.push(problem);
  onCommandFailed = ({ command, outcome }: { command: string; outcome: string }) =>
    void this.failed.push(`${command} ${outcome}`);
}
