import type { SocketAddress } from './address.ts';
import type { ByteLink, LinkListener } from './link.ts';
import { openSocket, SocketConnection } from './socket-connection.ts';
import { type LinkDeps, SupervisedLink } from './supervised-link.ts';

/**
 * A serial port behind a terminal server in raw mode (ser2net, a LAN-to-serial box): connected, watched and connected
 * again until closed. Baud rate and parity are set there. A gun unplugged from the server is not seen from here.
 */
export function openTcpLink(at: SocketAddress, listener: LinkListener, deps: LinkDeps): ByteLink {
  const connect = async () => {
    const socket = await openSocket(at, deps.clock);
    return 'code' in socket ? socket : new SocketConnection(socket, at, deps.clock);
  };
  return new SupervisedLink(connect, listener, deps);
}
