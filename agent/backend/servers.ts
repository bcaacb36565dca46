import { readFileSync } from 'node:fs';
import { type Config, ConfigError } from '../config.ts';
import type { BrokerServer } from './broker-socket.ts';

const DEFAULT_PORT = { 'mqtt:': 1883, 'mqtts:': 8883 } as const;

/** The configured broker as something to connect to. Throws {@link ConfigError} when a certificate file cannot be read. */
export function serversOf(broker: Config['broker']): readonly [BrokerServer] {
  const { protocol, hostname, port } = new URL(broker.url);
  const secure = protocol === 'mqtts:';
  const host = hostname.replace(/^\[|\]$/g, '');
  const server = { host, port: port === '' ? DEFAULT_PORT[secure ? 'mqtts:' : 'mqtt:'] : Number(port) };
  return [secure ? { ...server, tls: tlsOf(broker) } : server];
}

function tlsOf({ caFile, certFile, keyFile }: Config['broker']) {
  return {
    minVersion: 'TLSv1.2' as const,
    ...(caFile === undefined ? {} : { ca: read(caFile) }),
    ...(certFile === undefined ? {} : { cert: read(certFile) }),
    ...(keyFile === undefined ? {} : { key: read(keyFile) }),
  };
}

function read(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new ConfigError('CONFIG_UNREADABLE', error instanceof Error ? error.message : String(error));
  }
}
