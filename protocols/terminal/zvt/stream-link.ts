import { PacketFramer } from '../../framing/packet.ts';
import type { LinkEvent, ZvtLink } from './link.ts';
import { ZVT_STREAM } from './stream.ts';

/** ZVT over TCP: messages as they are. A byte that belongs to no message is a connection that cannot be trusted. */
export class StreamLink implements ZvtLink {
  readonly #framer = new PacketFramer(ZVT_STREAM);

  say(message: Uint8Array): readonly LinkEvent[] {
    return [{ kind: 'write', bytes: message }, { kind: 'delivered' }];
  }

  push(bytes: Uint8Array, at: number): readonly LinkEvent[] {
    return this.#told(this.#framer.push(bytes, at));
  }

  time(at: number): readonly LinkEvent[] {
    return this.#told(this.#framer.silence(at));
  }

  reset(): void {
    this.#framer.reset();
  }

  get nextDeadline(): number | undefined {
    return this.#framer.nextDeadline;
  }

  #told(events: ReturnType<PacketFramer['push']>): readonly LinkEvent[] {
    return events.map(
      (event): LinkEvent => (event.kind === 'packet' ? { kind: 'heard', message: event.bytes } : { kind: 'broken' }),
    );
  }
}
