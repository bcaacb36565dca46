import { Readable } from 'node:stream';
import type { IClientOptions } from 'mqtt';

export type Store = NonNullable<IClientOptions['outgoingStore']>;

/** mqtt.js sends what its store holds again after a reconnect; what was said before it would only confuse, and may be a secret. */
export function forgetfulStore(): Store {
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
