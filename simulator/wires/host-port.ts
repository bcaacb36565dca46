import { connect } from 'node:net';
import { SerialPort } from 'serialport';
import {
  encodeReportMessage,
  type ReportHello,
  type ReportMessage,
  ReportStreamReader,
} from '../../protocols/framing/report-stream.ts';
import { openHidraw } from './hidraw-port.ts';

/** The host's end of a real device: what a till's program has when it has opened the port. */
export interface HostPort {
  /** of a HID device: what it says of itself */
  readonly hello?: ReportHello;
  /** Bytes to the device, or one output report. */
  send(bytes: Uint8Array): void;
  onBytes: (bytes: Uint8Array) => void;
  /** the device is gone; why */
  onGone: (reason: string) => void;
  close(): Promise<void>;
}

const OPEN_MS = 5_000;
const HELLO_MS = 5_000;

/** Opens a serial path, `/dev/hidrawN`, `tcp://host:port` or `reports://host:port`; rejects with the system's reason. */
export async function openHostPort(address: string, baudRate: number): Promise<HostPort> {
  const socket = /^(tcp|reports):\/\/(\[[0-9a-fA-F:]+\]|[^/:\s]+):(\d{1,5})$/.exec(address);
  if (/^\/dev\/hidraw\d+$/.test(address)) return openHidraw(address);
  if (!socket) return openSerial(address, baudRate);
  const [, kind, host = '', port] = socket;
  const opened = await openSocket(host.replace(/^\[|\]$/g, ''), Number(port));
  return kind === 'tcp' ? opened : overReports(opened);
}

function openSerial(path: string, baudRate: number): Promise<HostPort> {
  return new Promise((resolve, reject) => {
    const serial = new SerialPort({ path, baudRate, autoOpen: false });
    const port: HostPort = {
      send: (bytes) => void serial.write(Buffer.from(bytes)),
      onBytes: () => undefined,
      onGone: () => undefined,
      close: () => new Promise((done) => (serial.isOpen ? serial.close(() => done()) : done())),
    };
    serial.on('data', (bytes: Buffer) => port.onBytes(Uint8Array.from(bytes)));
    serial.on('error', (error) => port.onGone(error.message));
    serial.on('close', () => port.onGone('the port is closed'));
    serial.open((error) => (error ? reject(error) : resolve(port)));
  });
}

function openSocket(host: string, port: number): Promise<HostPort> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true, timeout: OPEN_MS });
    const opened: HostPort = {
      send: (bytes) => void socket.write(bytes),
      onBytes: () => undefined,
      onGone: () => undefined,
      close: () => new Promise((done) => (socket.destroyed ? done() : socket.once('close', () => done()).destroy())),
    };
    socket.once('error', reject).once('timeout', () => socket.destroy(new Error(`no answer from ${host}:${port}`)));
    socket.once('connect', () => {
      socket.setTimeout(0);
      resolve(opened);
    });
    socket.on('data', (bytes: Buffer) => opened.onBytes(Uint8Array.from(bytes)));
    socket
      .on('error', (error) => opened.onGone(error.message))
      .on('close', () => opened.onGone('the connection ended'));
  });
}

/** The device says who it is first; then one report each. */
function overReports(socket: HostPort): Promise<HostPort> {
  const reader = new ReportStreamReader('device');
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Error('the device did not say what it is'));
      void socket.close();
    }, HELLO_MS);
    let port: HostPort | undefined;
    const take = (message: ReportMessage | { readonly kind: 'broken' }) => {
      if (message.kind === 'hello') {
        clearTimeout(timer);
        port = {
          hello: message,
          send: (report) => socket.send(encodeReportMessage({ kind: 'output', report })),
          onBytes: () => undefined,
          onGone: () => undefined,
          close: () => socket.close(),
        };
        resolve(port);
      } else if (message.kind === 'input') port?.onBytes(message.report);
      else if (message.kind === 'ping') socket.send(encodeReportMessage({ kind: 'pong', number: message.number }));
      else if (message.kind === 'broken') port?.onGone('it does not speak in reports');
    };
    socket.onBytes = (bytes) => {
      for (const message of reader.push(bytes)) take(message);
    };
    socket.onGone = (reason) => {
      clearTimeout(timer);
      if (port) port.onGone(reason);
      else reject(new Error(reason));
    };
  });
}
