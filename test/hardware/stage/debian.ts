import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A kernel and its modules, unpacked: nothing of it is installed on this machine. */
export interface Kernel {
  readonly image: string;
  /** lib/modules/VERSION */
  readonly modules: string;
  readonly version: string;
}

/** 28 MB of 400: what USB, HID, the mounts of the host and their dependencies need. */
const WANTED = [
  './boot/vmlinuz-*',
  './lib/modules/*/modules.builtin',
  ...['drivers/usb', 'drivers/hid', 'drivers/virtio', 'drivers/input', 'drivers/block'].map(inKernel),
  ...['fs/configfs', 'fs/9p', 'fs/overlayfs', 'fs/netfs', 'fs/fscache', 'net/9p'].map(inKernel),
];

function inKernel(folder: string): string {
  return `./lib/modules/*/kernel/${folder}/*`;
}

/** Debian's current kernel in `cache`, fetched when it is not there yet. The package lists must be on the machine. */
export async function fetchKernel(cache: string): Promise<Kernel> {
  const name = await kernelPackage();
  const folder = join(cache, name);
  if (!existsSync(folder)) await unpackKernel(name, folder);
  const [version] = readdirSync(join(folder, 'lib', 'modules'));
  if (version === undefined) throw new Error(`${name} holds no modules`);
  return {
    version,
    image: join(folder, 'boot', `vmlinuz-${version}`),
    modules: join(folder, 'lib', 'modules', version),
  };
}

/** The meta package names the kernel of the day. */
async function kernelPackage(): Promise<string> {
  const { stdout } = await run('apt-cache', ['depends', 'linux-image-amd64']);
  const name = /Depends: (linux-image-\S+)/.exec(stdout)?.[1];
  if (name === undefined) throw new Error('apt knows no linux-image-amd64; `apt-get update` fetches its lists');
  return name;
}

async function unpackKernel(name: string, folder: string): Promise<void> {
  const work = `${folder}.${process.pid}`;
  mkdirSync(work, { recursive: true });
  try {
    // apt's own user may not write here; the package is checked all the same.
    await run('apt-get', ['-o', 'APT::Sandbox::User=root', 'download', name], { cwd: work });
    const deb = readdirSync(work).find((file) => file.endsWith('.deb'));
    if (deb === undefined) throw new Error(`apt-get download brought no ${name}`);
    await run('bash', ['-c', 'dpkg-deb --fsys-tarfile "$0" | tar -x --wildcards "$@"', deb, ...WANTED], { cwd: work });
    rmSync(join(work, deb));
    renameSync(work, folder);
  } catch (error) {
    rmSync(work, { recursive: true, force: true });
    throw error;
  }
}
