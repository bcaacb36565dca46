import koffi from 'koffi';

// Node has no unix datagram sockets. socket(2), sendto(2), close(2); AF_UNIX 1, SOCK_DGRAM 2, SOCK_CLOEXEC 02000000, and MSG_DONTWAIT
// 0x40: nobody waits for systemd. struct sockaddr_un: two bytes of family, then the path; an abstract name begins with NUL.

const AF_UNIX = 1;
const SOCK_DGRAM_CLOEXEC = 2 | 0o2000000;
const MSG_DONTWAIT = 0x40;
/** sun_path */
const PATH_BYTES = 108;

interface Libc {
  readonly socket: (domain: number, type: number, protocol: number) => number;
  readonly sendto: (
    fd: number,
    bytes: Uint8Array,
    length: number,
    flags: number,
    to: Uint8Array,
    size: number,
  ) => number;
  readonly close: (fd: number) => number;
}

let loaded: Libc | undefined;

function libc(): Libc {
  if (loaded) return loaded;
  const library = koffi.load(null);
  loaded = {
    socket: library.func('int socket(int domain, int type, int protocol)') as Libc['socket'],
    sendto: library.func(
      'long sendto(int fd, const uint8_t *bytes, size_t length, int flags, const uint8_t *to, unsigned int size)',
    ) as Libc['sendto'],
    close: library.func('int close(int fd)') as Libc['close'],
  };
  return loaded;
}

/** Sends one datagram to a unix socket; `@name` is an abstract one. False: nobody took it. */
export function sendDatagram(path: string, text: string): boolean {
  const { socket, sendto, close } = libc();
  const fd = socket(AF_UNIX, SOCK_DGRAM_CLOEXEC, 0);
  if (fd < 0) return false;
  try {
    const bytes = Buffer.from(text, 'utf8');
    const to = addressOf(path);
    return sendto(fd, bytes, bytes.length, MSG_DONTWAIT, to, to.length) === bytes.length;
  } finally {
    close(fd);
  }
}

function addressOf(path: string): Uint8Array {
  const name = Buffer.from(path.replace(/^@/, '\0'), 'utf8').subarray(0, PATH_BYTES - 1);
  const address = Buffer.alloc(2 + name.length + (path.startsWith('@') ? 0 : 1));
  address.writeUInt16LE(AF_UNIX, 0);
  name.copy(address, 2);
  return address;
}
