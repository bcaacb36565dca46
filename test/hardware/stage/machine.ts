import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Kernel } from './debian.ts';
import { servePlugs } from './plugs.ts';
import { Qmp } from './qmp.ts';

export interface Boot {
  readonly qemu: string;
  readonly kernel: Kernel;
  readonly initramfs: string;
  /** mounted read-only as /tmp/project */
  readonly project: string;
  /** mounted as /tmp/out, emptied before */
  readonly out: string;
  /** a shell script, run in the guest as root with the project as its folder */
  readonly command: string;
  readonly deadlineMs: number;
  readonly console: (line: string) => void;
}

const MEMORY_MB = 768;

/**
 * Boots the VM, runs the command in it, and answers its exit code; `undefined`: the VM ended without one, or was killed at
 * its deadline. Pure emulation: the same with and without KVM, and nothing of the host but its files, which it cannot write.
 */
export async function runInMachine(boot: Boot): Promise<number | undefined> {
  rmSync(boot.out, { recursive: true, force: true });
  mkdirSync(boot.out, { recursive: true });
  writeFileSync(join(boot.out, 'command.sh'), boot.command);
  const socket = (name: string) => join(boot.out, `${name}.sock`);
  const qemu = spawn(boot.qemu, argumentsOf(boot, socket), { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = endOf(qemu, boot);
  const callOff = setTimeout(() => qemu.kill('SIGKILL'), boot.deadlineMs);
  try {
    const [guest, control, serial] = await Promise.all(
      ['guest', 'qmp', 'serial'].map((name) => connect(qemu, socket(name))),
    );
    if (guest && control && serial) servePlugs({ guest, serial, qmp: await Qmp.connect(control) });
    return await ended;
  } finally {
    clearTimeout(callOff);
    qemu.kill('SIGKILL');
  }
}

function endOf(qemu: ChildProcess, { console }: Boot): Promise<number | undefined> {
  let code: number | undefined;
  if (qemu.stdout)
    createInterface({ input: qemu.stdout }).on('line', (line) => {
      const text = line.replaceAll('\r', '');
      const exit = /GUEST-EXIT (\d+)$/.exec(text)?.[1];
      if (exit === undefined) console(text);
      else code = Number(exit);
    });
  return new Promise((resolve, reject) => {
    qemu.on('error', reject);
    qemu.on('close', () => resolve(code));
  });
}

/** QEMU makes its sockets while it starts. */
async function connect(qemu: ChildProcess, path: string): Promise<net.Socket> {
  for (;;) {
    if (qemu.exitCode !== null) throw new Error(`QEMU ended with ${qemu.exitCode} before it began`);
    const socket = existsSync(path) ? await opened(path) : undefined;
    if (socket) return socket;
    await new Promise<void>((resolve) => void setTimeout(resolve, 25));
  }
}

function opened(path: string): Promise<net.Socket | undefined> {
  return new Promise((resolve) => {
    const socket = net.connect(path, () => resolve(socket));
    socket.on('error', () => resolve(undefined));
  });
}

function argumentsOf(boot: Boot, socket: (name: string) => string): string[] {
  const share = (path: string, tag: string, ...more: string[]) => [
    '-virtfs',
    ['local', `path=${path}`, `mount_tag=${tag}`, 'security_model=none', ...more].join(','),
  ];
  const kernelArguments = 'console=ttyS0 quiet panic=-1 oops=panic mitigations=off nokaslr tsc=reliable no_timer_check';
  return [
    ['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot'],
    ['-machine', 'pc,accel=tcg', '-cpu', 'max', '-smp', '2', '-m', String(MEMORY_MB)],
    ['-kernel', boot.kernel.image, '-initrd', boot.initramfs, '-append', kernelArguments],
    ['-serial', 'stdio', '-serial', `unix:${socket('guest')},server=on,wait=off`],
    ['-qmp', `unix:${socket('qmp')},server=on,wait=off`],
    share('/', 'host', 'readonly=on', 'multidevs=remap'),
    share(boot.project, 'project', 'readonly=on', 'multidevs=remap'),
    share(boot.out, 'out'),
    ['-device', 'qemu-xhci,id=usb', '-chardev', `socket,id=serial,path=${socket('serial')},server=on,wait=off`],
  ].flat();
}
