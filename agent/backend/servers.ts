import { existsSync, readFileSync, rmSync } from 'node:fs';
import { type Config, ConfigError } from '../config.ts';
import { olderOf } from '../enrolment/identity.ts';
import type { BrokerServer } from './broker-socket.ts';

const DEFAULT_PORT = { 'mqtt:': 1883, 'mqtts:': 8883 } as const;

/**
 * The configured broker as something to connect to. The identity before the newest one is kept until the newest has worked:
 * a broker that does not take it must not stop the shop. Throws {@link ConfigError} when a certificate file cannot be read.
 */
export function serversOf(broker: Config['broker']): readonly [BrokerServer, ...BrokerServer[]] {
  const { protocol, hostname, port } = new URL(broker.url);
  const secure = protocol === 'mqtts:';
  const host = hostname.replace(/^\[|\]$/g, '');
  const server = { host, port: port === '' ? DEFAULT_PORT[secure ? 'mqtts:' : 'mqtt:'] : Number(port) };
  if (!secure) return [server];
  const { certFile, keyFile } = broker;
  let shown: Tls | undefined;
  const newest = freshly(server, () => (shown = tlsOf(broker)));
  if (certFile === undefined || certFile !== keyFile) return [newest];
  const older = olderOf(certFile);
  const fallback = { ...broker, certFile: older, keyFile: older };
  // a renewal may have come between the connection and its session: that one showed the identity before
  const worked = () => {
    if (!existsSync(older)) return;
    try {
      if (shown?.cert?.equals(read(certFile))) rmSync(older, { force: true });
    } catch {
      // it can be neither read nor removed: the older one stays, which costs nobody anything, and the session goes on
      return;
    }
  };
  const isThere = () => existsSync(older);
  // getters of their own: spreading would read them once
  return [
    Object.assign(newest, { worked }),
    Object.assign(
      freshly(server, () => tlsOf(isThere() ? fallback : broker)),
      { isThere },
    ),
  ];
}

/** Files are read anew at every connection: a certificate is renewed while the agent runs. What was good once stays good. */
function freshly(server: Pick<BrokerServer, 'host' | 'port'>, read: () => Tls): BrokerServer {
  let tls = read();
  return {
    ...server,
    get tls() {
      try {
        tls = read();
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
      }
      return tls;
    },
  };
}

type Tls = ReturnType<typeof tlsOf>;

function tlsOf({ caFile, certFile, keyFile }: Config['broker']) {
  const cert = certFile === undefined ? undefined : read(certFile);
  // one file, read once: it may be replaced between two
  const key = keyFile === certFile || keyFile === undefined ? cert : read(keyFile);
  return {
    minVersion: 'TLSv1.2' as const,
    ...(caFile === undefined ? {} : { ca: read(caFile) }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}

function read(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new ConfigError('CONFIG_UNREADABLE', error instanceof Error ? error.message : String(error));
  }
}
