import type { ScannerConfig } from './languages.ts';
import { DISABLED_BY_BAD, type GunOrder } from './orders.ts';

/** A gun that was not to be switched is told again after this. */
const ARM_AGAIN_MS = 2000;
/** A gun that is to read by itself stops after a while (5 to 30 s, by make): it is triggered again while a payment waits. */
const TRIGGER_AGAIN_MS = 5000;

/**
 * What the counter wants of its gun: that it reads while a payment waits, and sounds what became of a code. Time is an
 * argument.
 */
export class GunAttention {
  readonly #config: ScannerConfig;
  /** false: too many orders wait for their answers */
  readonly #give: (order: GunOrder, at: number) => boolean;
  #connected = false;
  /** a payment waits for a code */
  #waits = false;
  #armAgainAt: number | undefined;
  #triggerAgainAt: number | undefined;

  constructor(config: ScannerConfig, give: (order: GunOrder, at: number) => boolean) {
    this.#config = config;
    this.#give = give;
  }

  get nextDeadline(): number | undefined {
    const [arm, trigger] = [this.#armAgainAt, this.#triggerAgainAt];
    return arm === undefined || trigger === undefined ? (arm ?? trigger) : Math.min(arm, trigger);
  }

  /** A fresh connection: nothing is known of how the gun was left. */
  connected(at: number): void {
    this.#connected = true;
    if (this.#config.quiet) this.#order('quiet', at);
    this.#arm(at);
  }

  disconnected(): void {
    this.#connected = false;
    this.#armAgainAt = undefined;
    this.#triggerAgainAt = undefined;
  }

  wait(waits: boolean, at: number): void {
    if (waits === this.#waits) return;
    this.#waits = waits;
    this.#arm(at);
  }

  /** How the counter judged the last scan, in its words for sounds. */
  sound(sound: string, at: number): void {
    // a code that is being processed already: the clerk did nothing wrong (flow-scenarios.json, double-scan-in-flight)
    if (!this.#connected || this.#config.feedback === false || sound === 'low-short') return;
    this.#order(sound === 'good' ? 'good' : 'bad', at);
    if (sound === 'good') return;
    if (DISABLED_BY_BAD.has(this.#config.language ?? 'line') || this.#config.hostTrigger) this.#arm(at);
  }

  /** The gun stopped reading without a code for the counter: each code and each silence ends its reading. */
  stoppedReading(at: number): void {
    this.#trigger(at);
  }

  /** It refused an order, or did not answer. */
  failed(at: number): void {
    if (this.#connected && this.#waits) this.#armAgainAt ??= at + ARM_AGAIN_MS;
  }

  /** Whoever uses it next finds it reading. false: it is so already. */
  letGo(at: number): boolean {
    if (!this.#connected || this.#waits || this.#config.arm === false) return false;
    this.#order('arm', at);
    return true;
  }

  wake(at: number): void {
    if (this.#armAgainAt !== undefined && at >= this.#armAgainAt) this.#arm(at);
    if (this.#triggerAgainAt !== undefined && at >= this.#triggerAgainAt) this.#trigger(at);
  }

  #arm(at: number): void {
    if (!this.#connected) return;
    this.#armAgainAt = undefined;
    if (this.#config.arm !== false) this.#order(this.#waits ? 'arm' : 'disarm', at);
    if (this.#waits) return this.#trigger(at);
    this.#triggerAgainAt = undefined;
    if (this.#config.hostTrigger) this.#order('release', at);
  }

  #trigger(at: number): void {
    if (!this.#connected || !this.#waits || !this.#config.hostTrigger) return;
    this.#triggerAgainAt = at + TRIGGER_AGAIN_MS;
    this.#order('trigger', at);
  }

  #order(order: GunOrder, at: number): void {
    if (!this.#give(order, at)) this.#armAgainAt ??= at + ARM_AGAIN_MS;
  }
}
