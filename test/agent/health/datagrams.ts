import { rmSync } from 'node:fs';
import koffi from 'koffi';

const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const MSG_DONTWAIT = 0x40;

type Recv = (fd: number, bytes: Uint8Array, length: number, flags: number) => number;
type Close = (fd: number) => number;

/** A unix datagram socket that listens, as systemd's does. */
export class DatagramSocket {
  readonly path: string;
  readonly #fd: number;
  readonly #recv: Recv;
  readonly #close: Close;

  constructor(path: string) {
    const libc = koffi.load(null);
    const socket = libc.func('int socket(int domain, int type, int protocol)');
    const bind = libc.func('int bind(int fd, const uint8_t *address, unsigned int size)');
    this.#recv = libc.func('long recv(int fd, _Out_ uint8_t *bytes, size_t length, int flags)') as Recv;
    this.#close = libc.func('int close(int fd)') as Close;
    this.path = path;
    this.#fd = socket(AF_UNIX, SOCK_DGRAM, 0) as number;
    const address = Buffer.concat([Buffer.from([AF_UNIX, 0]), Buffer.from(`${path}\0`)]);
    if (bind(this.#fd, address, address.length) !== 0) throw new Error(`cannot bind ${path}`);
  }

  /** What has arrived, oldest first. */
  read(): string[] {
    const all: string[] = [];
    const bytes = Buffer.alloc(4_096);
    for (;;) {
      const length = this.#recv(this.#fd, bytes, bytes.length, MSG_DONTWAIT);
      if (length < 0) return all;
      all.push(bytes.subarray(0, length).toString('utf8'));
    }
  }

  close(): void {
    this.#close(this.#fd);
    rmSync(this.path, { force: true });
  }
}
