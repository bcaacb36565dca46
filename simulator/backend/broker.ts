import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createServer as createTlsServer, TLSSocket, Server as TlsServer } from 'node:tls';
import { Aedes } from 'aedes';

export interface BrokerOptions {
  /** 0 or absent: chosen by the kernel */
  readonly port?: number;
  readonly host?: string;
  /** false refuses the client with CONNACK 5 */
  readonly admit?: (clientId: string, username: string | undefined, password: string | undefined) => boolean;
  /** false refuses the subscription with SUBACK 0x80 */
  readonly maySubscribe?: (clientId: string, filter: string) => boolean;
  /** present: TLS 1.2 or newer, and nobody without a certificate of this authority; its common name is the user */
  readonly secure?: Secure;
  /** with `secure`: false refuses the message; the connection of whoever sent it ends */
  readonly mayPublish?: (user: string, topic: string) => boolean;
}

export interface Secure {
  readonly certificate: string;
  readonly key: string;
  readonly ca: string;
  /** revocation list, PEM: nobody whose certificate stands on it */
  readonly crl?: string;
}

/** A message that a client published. */
export interface Published {
  readonly clientId: string;
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: number;
  readonly retain: boolean;
}

export interface EmbeddedBroker {
  readonly host: string;
  readonly port: number;
  /** how many are connected now */
  readonly clients: number;
  /** everything that is published, for whoever watches */
  onPublish: (message: Published) => void;
  onClient: (clientId: string, isThere: boolean) => void;
  /** With `secure`: the revocation list from now on. Every connection is cut; who was not revoked comes back at once. */
  revoke(crl: string): void;
  /** Cuts every connection and ends; what it remembered is gone. */
  stop(): Promise<void>;
}

const NOT_AUTHORISED = 5;

/** An MQTT 3.1.1 broker inside this process, for rehearsals and tests. */
export async function startBroker(options: BrokerOptions = {}): Promise<EmbeddedBroker> {
  const { port = 0, host = '127.0.0.1', admit, maySubscribe, secure, mayPublish } = options;
  const aedes = await Aedes.createBroker();
  if (admit ?? secure) {
    aedes.authenticate = (client, username, password, done) => {
      const isKnown = !secure || (client.conn instanceof TLSSocket && client.conn.authorized);
      if (isKnown && admit?.(client.id, username, password?.toString()) !== false) return done(null, true);
      done(Object.assign(new Error('not authorised'), { returnCode: NOT_AUTHORISED }), false);
    };
  }
  if (maySubscribe) {
    aedes.authorizeSubscribe = (client, subscription, done) =>
      done(null, maySubscribe(client.id, subscription.topic) ? subscription : null);
  }
  if (mayPublish) {
    aedes.authorizePublish = (client, packet, done) => {
      const isAllowed = client === null || mayPublish(users.get(client.conn) ?? '', packet.topic);
      done(isAllowed ? null : new Error('not authorised'));
    };
  }
  const sockets = new Set<Socket>();
  // a will is published when the socket, and with it the certificate, is gone
  const users = new WeakMap<object, string>();
  // without no-delay each answer waits 40 ms for the other side's acknowledgement (stack.md 1.1)
  const serve = (socket: Socket) => {
    sockets.add(socket);
    users.set(socket, userOf(socket));
    socket.once('close', () => sockets.delete(socket));
    aedes.handle(socket);
  };
  const server = secure ? tlsServer(secure, serve) : createServer({ noDelay: true }, serve);
  server.listen(port, host);
  await once(server, 'listening').catch(async (error: unknown) => {
    await new Promise<void>((resolve) => aedes.close(resolve));
    throw error;
  });
  const broker: EmbeddedBroker = {
    host,
    port: (server.address() as AddressInfo).port,
    onPublish: () => undefined,
    onClient: () => undefined,
    get clients() {
      return aedes.connectedClients;
    },
    revoke(crl) {
      if (server instanceof TlsServer && secure) server.setSecureContext(tlsOptions({ ...secure, crl }));
      for (const socket of sockets) socket.destroy();
    },
    async stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => aedes.close(resolve));
      await closed;
    },
  };
  aedes.on('publish', ({ topic, payload, qos, retain }, client) => {
    if (client) broker.onPublish({ clientId: client.id, topic, payload: Buffer.from(payload), qos, retain });
  });
  aedes.on('clientReady', ({ id }) => broker.onClient(id, true));
  aedes.on('clientDisconnect', ({ id }) => broker.onClient(id, false));
  return broker;
}

function tlsServer(secure: Secure, serve: (socket: Socket) => void) {
  const server = createTlsServer({ ...tlsOptions(secure), noDelay: true }, serve);
  // who was refused has been told by TLS
  server.on('tlsClientError', () => undefined);
  return server;
}

function tlsOptions({ certificate, key, ca, crl }: Secure) {
  const own = { cert: certificate, key, ca, ...(crl === undefined ? {} : { crl }) };
  // node:tls ends the connection of whom it rejects without a word; here CONNACK says it, as real brokers say it by an alert
  return { ...own, requestCert: true, rejectUnauthorized: false, minVersion: 'TLSv1.2' } as const;
}

function userOf(socket: Socket): string {
  const name = socket instanceof TLSSocket ? socket.getPeerCertificate().subject?.CN : undefined;
  return typeof name === 'string' ? name : '';
}
