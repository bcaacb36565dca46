import { lookup } from 'node:dns/promises';
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls, type PeerCertificate, type TLSSocket } from 'node:tls';
import { serversOf } from '../backend/servers.ts';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import { within } from './device-looks.ts';

// The way to the backend, layer by layer: name, port, certificate.

const LAYER_MS = 4_000;

/** A layer that stands, or why it does not. */
export type Layer<T> = { readonly good: T } | { readonly bad: string };

export async function lookUp(host: string): Promise<Layer<string>> {
  if (isIP(host) !== 0) return { good: host };
  try {
    return { good: (await lookup(host)).address };
  } catch (error) {
    return { bad: codeOf(error) };
  }
}

export async function dial(broker: Config['broker'], clock: Clock): Promise<Layer<number>> {
  const [{ host, port }] = serversOf(broker);
  const began = clock.mono();
  const socket = connect({ host, port });
  try {
    const outcome = await within(clock, LAYER_MS, settled(socket, 'connect'));
    return outcome === 'good' ? { good: clock.mono() - began } : { bad: outcome ?? `no answer in ${LAYER_MS} ms` };
  } finally {
    socket.destroy();
  }
}

export interface TlsLook {
  readonly protocol: string;
  /** why the chain is not believed */
  readonly mistrust?: string;
  /** Unix ms */
  readonly serverUntil: number;
}

/** The broker's certificate is looked at even if nobody vouches for it; nothing is sent over such a connection. */
export async function lookAtTls(broker: Config['broker'], clock: Clock): Promise<Layer<TlsLook>> {
  const [{ host, port, tls }] = serversOf(broker);
  const name = isIP(host) === 0 ? { servername: host } : {};
  const socket = connectTls({ ...name, ...tls, host, port, rejectUnauthorized: false });
  try {
    const outcome = await within(clock, LAYER_MS, settled(socket, 'secureConnect'));
    if (outcome !== 'good') return { bad: outcome ?? `no answer in ${LAYER_MS} ms` };
    return { good: told(socket) };
  } finally {
    socket.destroy();
  }
}

function told(socket: TLSSocket): TlsLook {
  const certificate: PeerCertificate = socket.getPeerCertificate();
  const error: unknown = socket.authorizationError;
  return {
    protocol: socket.getProtocol() ?? 'unknown',
    ...(socket.authorized ? {} : { mistrust: codeOf(error) }),
    serverUntil: Date.parse(certificate.valid_to),
  };
}

function settled(socket: Socket, event: 'connect' | 'secureConnect'): Promise<string> {
  return new Promise((resolve) => {
    socket.once(event, () => resolve('good'));
    socket.once('error', (error) => resolve(codeOf(error)));
    socket.once('close', () => resolve('closed by the other side'));
  });
}

function codeOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return error instanceof Error ? error.message : String(error);
}
