import { describe, expect, it } from 'vitest';
import { PacketFramer } from '../../protocols/framing/packet.ts';
import { encodeSsi, parseSsi, ssiResent, ssiShape } from '../../protocols/scanner/ssi.ts';
import { type SsiEvent, SsiSession } from '../../protocols/scanner/ssi-session.ts';
import { SSI_STATUS, ssiOpcodeName } from '../../protocols/scanner/ssi-table.ts';
import { LCG } from '../seeded.ts';
import { ascii, text } from './scanner-packets.ts';

// Two times five thousand codes over a bad line, from a gun that keeps to the guide: one send, two repeats, 2 s each.

const RESPONSE_MS = 2000;
const PART = 250;

/** The other side of the conversation, written from the guide and not from the session. */
class Gun {
  /** codes that were acknowledged to the last packet */
  readonly delivered: string[] = [];
  readonly #hears = new PacketFramer(ssiShape('host'));
  #verdicts: string[] = [];

  packets(code: string): Uint8Array[] {
    const parts = code.match(new RegExp(`.{1,${PART}}`, 'g')) ?? [];
    return parts.map((part, n) => {
      const status = n < parts.length - 1 ? SSI_STATUS.continuation : 0;
      return encodeSsi({ opcode: 0xf3, source: 0, status, data: Uint8Array.of(0x1c, ...ascii(part)) });
    });
  }

  hear(bytes: Uint8Array, at: number): void {
    for (const event of this.#hears.push(bytes, at))
      if (event.kind === 'packet') this.#verdicts.push(ssiOpcodeName(parseSsi(event.bytes).opcode) ?? '');
  }

  verdict(): string | undefined {
    const verdict = this.#verdicts.at(-1);
    this.#verdicts = [];
    return verdict;
  }
}

class Line {
  now = 0;
  readonly emitted: string[] = [];
  readonly #chance: LCG;
  readonly #session: SsiSession;
  readonly #gun: Gun;

  constructor(chance: LCG, session: SsiSession, gun: Gun) {
    this.#chance = chance;
    this.#session = session;
    this.#gun = gun;
  }

  /** Sends one packet until it is acknowledged; false: given up. */
  send(packet: Uint8Array): boolean {
    for (let sends = 0; sends < 3; sends++) {
      this.#carry(sends === 0 ? packet : ssiResent(packet));
      const verdict = this.#waitForVerdict();
      if (verdict === 'CMD_ACK') return true;
    }
    return false;
  }

  #waitForVerdict(): string | undefined {
    const until = this.now + RESPONSE_MS;
    for (let due = this.#session.nextDeadline; due !== undefined && due < until; due = this.#session.nextDeadline) {
      const known = this.#gun.verdict();
      if (known !== undefined) return known;
      this.now = Math.max(this.now, due);
      this.#take(this.#session.wake(this.now));
    }
    const known = this.#gun.verdict();
    if (known === undefined) this.now = until;
    return known;
  }

  /** In chunks; one packet in five is spoilt. */
  #carry(packet: Uint8Array): void {
    const bytes = this.#spoilt(packet);
    for (let at = 0; at < bytes.length; ) {
      const length = 1 + this.#chance.below(40);
      this.now += this.#chance.below(3);
      this.#take(this.#session.push(bytes.subarray(at, at + length), this.now));
      at += length;
    }
  }

  #spoilt(packet: Uint8Array): Uint8Array {
    const at = this.#chance.below(packet.length);
    const kind = this.#chance.below(20);
    if (kind === 0) return packet.with(at, (packet[at] ?? 0) ^ (1 << this.#chance.below(8)));
    if (kind === 1) return packet.filter((_, n) => n !== at);
    if (kind === 2) return packet.subarray(0, at);
    return kind === 3 ? Uint8Array.of(this.#chance.below(256), ...packet) : packet;
  }

  /** One answer in ten is lost. */
  #take(events: readonly SsiEvent[]): void {
    for (const event of events) {
      if (event.kind === 'code') this.emitted.push(text(event.bytes));
      if (event.kind === 'send' && this.#chance.below(10) > 0) this.#gun.hear(event.bytes, this.now);
    }
  }
}

describe('SSI over a bad line', () => {
  it.each([1, 2])('5,000 codes, seed %i: what the gun knows to be delivered came once, nothing came twice', (seed) => {
    const chance = new LCG(seed);
    const [gun, session] = [new Gun(), new SsiSession()];
    const line = new Line(chance, session, gun);
    const sent = new Set<string>();
    for (let n = 0; n < 5000; n++) {
      const code = `${chance.below(20) === 0 ? chance.digits(2 * PART) : ''}${chance.digits(12)}${String(n).padStart(6, '0')}`;
      sent.add(code);
      if (gun.packets(code).every((packet) => line.send(packet))) gun.delivered.push(code);
      line.now += 300 + chance.below(3000);
    }
    expect(new Set(line.emitted).size).toBe(line.emitted.length);
    expect(line.emitted.filter((code) => !sent.has(code))).toEqual([]);
    const emitted = new Set(line.emitted);
    expect(gun.delivered.filter((code) => !emitted.has(code))).toEqual([]);
    expect(gun.delivered.length).toBeGreaterThan(4800);
    const { received, framed, noise } = session.tally;
    expect(framed + noise + session.held).toBe(received);
  });
});
