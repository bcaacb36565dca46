import { Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import type { Clock } from '../clock.ts';
import { explain } from '../errors.ts';
import type { Log } from '../log.ts';
import { type Address, removeAddress, writeAddress } from './address-file.ts';
import { type AppParts, consoleApp } from './app.ts';
import { firstRunApp } from './first-run.ts';

/** This machine only, by number: no name, no other interface. */
const LOOPBACK = '127.0.0.1';
/** Sockets of all callers together, event streams included; further ones are closed at once. */
const MOST_CONNECTIONS = 64;
/** Headers are a token and a key. */
const HEADER_BYTES = 8_192;
/** A caller that does not finish its headers, or its request, in this time is cut. */
const HEADERS_MS = 5_000;
const REQUEST_MS = 10_000;
const IDLE_MS = 5_000;
const LOOK_MS = 1_000;
/** A port that is taken is tried again. */
const RETRY_MS = 5_000;
/** The file that says where the till listens could not be written: somebody has to make room first. */
const TELL_AGAIN_MS = 30_000;
/** Answers under way when the agent stops may take this long. */
const CLOSE_MS = 500;

export interface ServerParts extends AppParts {
  /** 0: chosen by the system */
  readonly port: number;
  readonly addressFile: string;
  /** this process's own token, for programs of the same user */
  readonly ownToken: string;
  readonly log: Log;
  readonly clock: Clock;
}

export interface Server {
  close(): Promise<void>;
}

/** Opens the local API on loopback, now or as soon as its port is free. The till does not wait for it. */
export function openConsole(parts: ServerParts): Server {
  const { addressFile, ownToken, log, clock } = parts;
  let again = () => {};
  /** A full disk is no reason to stop collecting: the page needs no file, and programs find the till once there is room. */
  const tell = (address: Address, isFirst: boolean) => {
    try {
      writeAddress(addressFile, address);
    } catch (error) {
      if (isFirst) log.error({ url: address.url }, explain('DATA_DIR_UNUSABLE', String(error)));
      again = clock.after(TELL_AGAIN_MS, () => tell(address, false));
    }
  };
  const opened = (url: string) => {
    tell({ url, token: ownToken, pid: process.pid }, true);
    log.info({ url }, 'local API open');
  };
  const closed = () => {
    again();
    removeAddress(addressFile);
  };
  return listenLocally((port) => consoleApp(parts, port), { ...parts, opened, closed });
}

export interface FirstRunServerParts {
  readonly port: number;
  readonly log: Log;
  readonly clock: Clock;
  /** it listens; with its address */
  readonly opened: (url: string) => void;
}

/** An agent without a configuration: the page that says what to do next, on loopback. */
export function openFirstRun(parts: FirstRunServerParts): Server {
  return listenLocally((port) => firstRunApp(parts, port), { ...parts, closed: () => undefined });
}

interface Listening extends FirstRunServerParts {
  readonly closed: () => void;
}

function listenLocally(
  appOf: (port: () => number) => Pick<ReturnType<typeof consoleApp>, 'fetch'>,
  { port, log, clock, opened, closed }: Listening,
): Server {
  let bound = port;
  const server = createAdaptorServer({
    fetch: appOf(() => bound).fetch,
    overrideGlobalObjects: false,
    serverOptions: {
      maxHeaderSize: HEADER_BYTES,
      headersTimeout: HEADERS_MS,
      requestTimeout: REQUEST_MS,
      keepAliveTimeout: IDLE_MS,
      connectionsCheckingInterval: LOOK_MS,
    },
  });
  if (!(server instanceof HttpServer)) throw new Error('not an HTTP/1.1 server');
  server.maxConnections = MOST_CONNECTIONS;
  let callOff = () => {};
  const listen = () => void server.listen(port, LOOPBACK);
  server.on('error', (error: Error) => {
    log.error({}, explain('CONSOLE_UNAVAILABLE', error.message));
    callOff = clock.after(RETRY_MS, listen);
  });
  server.on('listening', () => {
    bound = (server.address() as AddressInfo).port;
    opened(`http://${LOOPBACK}:${bound}`);
  });
  listen();
  return {
    close: () => {
      callOff();
      closed();
      return new Promise((resolve) => {
        server.close(() => resolve());
        clock.after(CLOSE_MS, () => server.closeAllConnections());
        if (!server.listening) resolve();
      });
    },
  };
}
