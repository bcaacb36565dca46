import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Kernel } from './debian.ts';

// The first file system of the VM: busybox, /init and the kernel modules in the order in which they must be loaded, as a
// cpio archive in the "newc" format (Linux Documentation/driver-api/early-userspace/buffer-format.rst):
//
//   "070701" ino mode uid gid nlink mtime size devmajor devminor rdevmajor rdevminor namesize check   13 x 8 hex digits
//   name NUL, padded to 4; content, padded to 4; ...; "TRAILER!!!"

/** Drivers that a shop's devices meet, and what the VM itself needs. */
const MODULES = [
  'virtio_pci overlay 9p 9pnet_virtio',
  'xhci-pci usbhid hid-generic uhid evdev uinput cdc-acm ftdi_sio usblp vhci-hcd',
].flatMap((line) => line.split(' '));

const DIRECTORY = 0o40755;
const PROGRAM = 0o100755;
const FILE = 0o100644;
const LINK = 0o120777;
const CHARACTER_DEVICE = 0o20600;
const CONSOLE = [5, 1] as const;

/** Writes the archive to `file`; answers the names of the modules in it, in loading order. */
export function writeInitramfs(file: string, kernel: Kernel, busybox: string, init: string): readonly string[] {
  const modules = loadingOrder(kernel, MODULES);
  const archive = new Archive();
  for (const name of ['bin', 'dev', 'proc', 'sys', 'run', 'modules', 'lower', 'upper', 'root'])
    archive.add(name, DIRECTORY);
  archive.add('dev/console', CHARACTER_DEVICE, undefined, CONSOLE);
  archive.add('bin/busybox', PROGRAM, readFileSync(busybox));
  for (const applet of applets(busybox)) archive.add(`bin/${applet}`, LINK, Buffer.from('busybox'));
  for (const { name, path } of modules) archive.add(`modules/${name}`, FILE, readFileSync(path));
  const names = modules.map(({ name }) => name);
  archive.add('modules/order', FILE, Buffer.from(names.map((name) => `${name}\n`).join('')));
  archive.add('init', PROGRAM, readFileSync(init));
  writeFileSync(file, archive.end());
  return names;
}

function applets(busybox: string): string[] {
  const names = execFileSync(busybox, ['--list'], { encoding: 'utf8' }).trim().split('\n');
  return names.filter((name) => name !== 'busybox');
}

interface Module {
  readonly name: string;
  readonly path: string;
}

/** Dependencies first. Debian's modules are uncompressed ELF files that name theirs in `.modinfo`. */
function loadingOrder({ modules }: Kernel, wanted: readonly string[]): readonly Module[] {
  const files = moduleFiles(join(modules, 'kernel'));
  const builtIn = new Set(
    readFileSync(join(modules, 'modules.builtin'), 'utf8')
      .split('\n')
      .map((line) => plain(basename(line, '.ko'))),
  );
  const order = new Map<string, Module>();
  const add = (name: string): void => {
    if (order.has(name) || builtIn.has(name)) return;
    const path = files.get(name);
    if (path === undefined) throw new Error(`the kernel package has no module ${name}`);
    for (const needed of dependencies(path)) add(needed);
    order.set(name, { name: `${name}.ko`, path });
  };
  for (const name of wanted) add(plain(name));
  return [...order.values()];
}

function moduleFiles(folder: string): Map<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ko'));
  return new Map(names.map((name) => [plain(basename(name, '.ko')), join(folder, name)]));
}

function dependencies(file: string): readonly string[] {
  const named = /\0depends=([^\0]*)\0/.exec(readFileSync(file, 'latin1'))?.[1] ?? '';
  return named.split(',').filter(Boolean).map(plain);
}

/** The kernel takes - and _ in a module's name for the same. */
function plain(name: string): string {
  return name.replaceAll('-', '_');
}

class Archive {
  readonly #pieces: Buffer[] = [];
  #files = 0;

  add(name: string, mode: number, content: Buffer = Buffer.alloc(0), device: readonly [number, number] = [0, 0]): void {
    const path = Buffer.from(`${name}\0`);
    const fields = [++this.#files, mode, 0, 0, 1, 0, content.length, 0, 0, ...device, path.length, 0];
    const header = `070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}`;
    this.#pieces.push(padded(Buffer.concat([Buffer.from(header), path])), padded(content));
  }

  end(): Buffer {
    this.add('TRAILER!!!', 0);
    return Buffer.concat(this.#pieces);
  }
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]);
}
