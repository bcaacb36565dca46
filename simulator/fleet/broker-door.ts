import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** Where the fleet's broker is, and who it says it is. */
export interface BrokerDoor {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  /** PEM; absent: what this machine trusts */
  readonly ca?: string;
  readonly username?: string;
  readonly password?: string;
}

/** `mqtt://host[:port]` or `mqtts://host[:port]`; undefined: neither. A password has no place in an address. */
export function parseDoor(text: string): Pick<BrokerDoor, 'host' | 'port' | 'tls'> | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !['mqtt:', 'mqtts:'].includes(url.protocol) || url.hostname === '' || url.username !== '')
    return undefined;
  const tls = url.protocol === 'mqtts:';
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port) || (tls ? 8883 : 1883), tls };
}

export function doorUrl({ host, port, tls }: Pick<BrokerDoor, 'host' | 'port' | 'tls'>): string {
  return `${tls ? 'mqtts' : 'mqtt'}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

export function openDoor({ host, port, tls, ca }: BrokerDoor): Socket {
  // without no-delay each message waits 40 ms for the other side's acknowledgement (stack.md 1.1)
  if (!tls) return connectTcp({ host, port, noDelay: true });
  return connectTls({ host, port, servername: host, ...(ca === undefined ? {} : { ca }) }).setNoDelay(true);
}
