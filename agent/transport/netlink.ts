import koffi from 'koffi';

// The socket on which udev tells what it has done (netlink(7); systemd, src/libsystemd/sd-device/device-monitor.c): family
// AF_NETLINK 16, protocol NETLINK_KOBJECT_UEVENT 15, group 2 (the kernel's own, before the rules, is 1). Anybody may listen.
// Node has no netlink sockets.
//
//   struct sockaddr_nl   10 00  00 00  00 00 00 00  02 00 00 00      family, pad, port (the kernel chooses), groups

const AF_NETLINK = 16;
const NETLINK_KOBJECT_UEVENT = 15;
/** SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC */
const KIND = 3 | 0o4000 | 0o2000000;
const UDEV_GROUP = Uint8Array.of(AF_NETLINK, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0);

type Socket = (domain: number, kind: number, protocol: number) => number;
type Bind = (fd: number, address: Uint8Array, size: number) => number;

/** The number of the open file; it never waits. Throws where there is none. */
export function openUdevSocket(): number {
  const libc = koffi.load(null);
  const socket = libc.func('int socket(int domain, int type, int protocol)') as Socket;
  const bind = libc.func('int bind(int fd, const uint8_t *address, unsigned int size)') as Bind;
  const close = libc.func('int close(int fd)') as (fd: number) => number;
  const fd = socket(AF_NETLINK, KIND, NETLINK_KOBJECT_UEVENT);
  if (fd < 0) throw new Error(`no netlink socket (errno ${koffi.errno()})`);
  if (bind(fd, UDEV_GROUP, UDEV_GROUP.length) === 0) return fd;
  const errno = koffi.errno();
  close(fd);
  throw new Error(`nobody may listen to udev here (errno ${errno})`);
}
