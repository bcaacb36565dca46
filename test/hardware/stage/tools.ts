import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import process from 'node:process';

/** What the stage needs on this machine. */
export interface Tools {
  readonly qemu: string;
  readonly busybox: string;
}

const NEEDED = [
  { debianPackage: 'qemu-system-x86', files: ['/usr/bin/qemu-system-x86_64'] },
  { debianPackage: 'busybox-static', files: ['/usr/bin/busybox', '/bin/busybox'] },
  { debianPackage: 'udev', files: ['/usr/bin/udevadm', '/bin/udevadm'] },
  // programs that know nothing of this project, to look at its simulated devices
  { debianPackage: 'usbutils', files: ['/usr/bin/lsusb'] },
  { debianPackage: 'evtest', files: ['/usr/bin/evtest'] },
  {
    debianPackage: 'libusb-1.0-0',
    files: ['/usr/lib/x86_64-linux-gnu/libusb-1.0.so.0', '/lib/x86_64-linux-gnu/libusb-1.0.so.0'],
  },
] as const;

/** The tools, fetched as Debian packages where that may be done; or one line that says why the stage cannot be run here. */
export function findTools(say: (line: string) => void): Tools | string {
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'the virtual machine is a Linux on x86-64';
  const debian = spawnable('apt-get') && spawnable('dpkg-deb');
  if (!debian) return 'apt-get and dpkg-deb are not on this machine: kernel and emulator come as Debian packages';
  const packages = missingPackages();
  if (packages.length > 0) {
    if (process.getuid?.() !== 0) return `not root; \`apt-get install ${packages.join(' ')}\` makes this possible`;
    say(`apt-get install ${packages.join(' ')}`);
    const failed = install(packages);
    if (failed !== undefined) return failed;
  }
  const qemu = NEEDED[0].files.find(existsSync);
  const busybox = NEEDED[1].files.find(existsSync);
  if (qemu === undefined || busybox === undefined) return 'apt-get installed QEMU and busybox, and they are not there';
  return { qemu, busybox };
}

function missingPackages(): string[] {
  return NEEDED.filter(({ files }) => !files.some(existsSync)).map(({ debianPackage }) => debianPackage);
}

/** Package lists may be absent or old: they are fetched once. */
export function updateLists(): void {
  execFileSync('apt-get', ['-qq', 'update'], { stdio: ['ignore', 'ignore', 'inherit'] });
}

function install(packages: readonly string[]): string | undefined {
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const call = ['-qq', '-o', 'Dpkg::Use-Pty=0', 'install', '-y', '--no-install-recommends', ...packages];
  try {
    updateLists();
    execFileSync('apt-get', call, { env: environment, stdio: ['ignore', 'ignore', 'inherit'] });
    return undefined;
  } catch (error) {
    return `apt-get could not install ${packages.join(' ')}: ${String(error)}`;
  }
}

function spawnable(program: string): boolean {
  return ['/usr/bin', '/bin', '/usr/local/bin'].some((folder) => existsSync(`${folder}/${program}`));
}
