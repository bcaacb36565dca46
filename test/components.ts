import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

interface Component {
  /** names of the program, best first; empty for a library */
  readonly commands: readonly string[];
  /** file name of a shared library */
  readonly library?: string;
  readonly debianPackage: string;
  /** the platforms where it exists at all; elsewhere nobody misses it */
  readonly only?: NodeJS.Platform;
}

/** Real programs and libraries that some tests need. `.ci/run` installs the same list (test/porch/components.test.ts). */
export const COMPONENTS = {
  mosquitto: { commands: ['mosquitto'], debianPackage: 'mosquitto' },
  mosquitto_pub: { commands: ['mosquitto_pub'], debianPackage: 'mosquitto-clients' },
  rabbitmq: { commands: ['rabbitmq-server'], debianPackage: 'rabbitmq-server', only: 'linux' },
  chromium: { commands: ['chromium', 'chromium-browser', 'google-chrome'], debianPackage: 'chromium' },
  zbarimg: { commands: ['zbarimg'], debianPackage: 'zbar-tools' },
  udevadm: { commands: ['udevadm'], debianPackage: 'udev', only: 'linux' },
  strace: { commands: ['strace'], debianPackage: 'strace', only: 'linux' },
  pbmtojbg: { commands: ['pbmtojbg'], debianPackage: 'jbigkit-bin' },
  tshark: { commands: ['tshark'], debianPackage: 'tshark' },
  libusb: { commands: [], library: 'libusb-1.0.so.0', debianPackage: 'libusb-1.0-0', only: 'linux' },
} as const satisfies Record<string, Component>;

export type ComponentName = keyof typeof COMPONENTS;

const NAMES = Object.keys(COMPONENTS) as ComponentName[];

/** Daemons live in sbin, which is often not on an ordinary user's PATH. */
function commandFolders(): string[] {
  return [...(process.env['PATH'] ?? '').split(delimiter), '/usr/local/sbin', '/usr/sbin', '/sbin'].filter(Boolean);
}

function libraryFolders(): string[] {
  const multiarch = existsSync('/usr/lib') ? readdirSync('/usr/lib').filter((name) => name.includes('-linux-gnu')) : [];
  return ['/usr/lib', '/lib', '/usr/lib64', '/usr/local/lib', ...multiarch.map((name) => join('/usr/lib', name))];
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The file of a component on this machine, or undefined. */
export function locate(name: ComponentName): string | undefined {
  const { commands, library }: Component = COMPONENTS[name];
  if (library !== undefined) {
    return libraryFolders()
      .map((folder) => join(folder, library))
      .find(existsSync);
  }
  const folders = commandFolders();
  return commands.flatMap((command) => folders.map((folder) => join(folder, command))).find(isExecutable);
}

/** Why a component cannot be used here, with its remedy; undefined when it can, or when this platform has none. */
export function missing(name: ComponentName): string | undefined {
  const { only, debianPackage }: Component = COMPONENTS[name];
  if ((only !== undefined && only !== process.platform) || locate(name) !== undefined) return undefined;
  return `${name} is not on this machine (Debian: apt-get install ${debianPackage})`;
}

/** One line for each component that is not here. */
export function everythingMissing(): string[] {
  return NAMES.map(missing).filter((line) => line !== undefined);
}
