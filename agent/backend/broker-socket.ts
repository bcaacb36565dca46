import { connect, isIP, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import type { IClientOptions } from 'mqtt';

export interface BrokerServer {
  readonly host: string;
  readonly port: number;
  /** present: TLS, with whatever certificates, keys and names node:tls takes */
  readonly tls?: ConnectionOptions;
  /** called when a session stands with it */
  readonly worked?: () => void;
  /** absent: always. The identity before the newest is there only until the newest has worked */
  readonly isThere?: () => boolean;
}

/**
 * The socket under mqtt.js, which never switches Nagle's algorithm off itself: 88 ms for a request and its reply with it,
 * 0.3 ms without (stack.md 1.1).
 */
export function connectSocket({ host, port, tls }: BrokerServer): Socket {
  if (!tls) return connect({ host, port, noDelay: true, keepAlive: true });
  // an address is no server name (RFC 6066 section 3); node compares it with the certificate all the same
  const name = isIP(host) === 0 ? { servername: host } : {};
  const socket = connectTls({ ...name, ...tls, host, port });
  socket.setNoDelay(true);
  socket.setKeepAlive(true);
  return socket;
}

type Store = NonNullable<IClientOptions['outgoingStore']>;

/**
 * Keeps nothing: a publish that is not acknowledged when the link drops is gone from the client. mqtt.js's own store
 * would send it again after the next connect whatever the clean flag says, and a pay must never be sent twice.
 */
export function nullStore(): Store {
  const store: Store = {
    put(_packet, done) {
      done();
      return store;
    },
    del(packet, done) {
      done(undefined, packet as Parameters<typeof done>[1]);
      return store;
    },
    get(_packet, done) {
      done(new Error('nothing is stored'));
      return store;
    },
    createStream: () => Readable.from([]) as ReturnType<Store['createStream']>,
    close: (done) => done(),
  };
  return store;
}
