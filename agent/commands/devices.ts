import type { Command } from 'commander';
import type { Exit } from '../cli.ts';
import { type Clock, systemClock } from '../clock.ts';
import { eventLine, findingLines, inOrder, NOTHING_FOUND } from '../devices/discovery/finding-lines.ts';
import { type DeviceFinding, findingsOf } from '../devices/discovery/findings.ts';
import { SYSTEM_ROOTS, type SystemRoots } from '../devices/discovery/found-device.ts';
import { watchDevices } from '../devices/discovery/hot-plug.ts';
import { listDevices } from '../devices/discovery/list-devices.ts';
import { Presence } from '../devices/discovery/presence.ts';
import { settingSheet } from '../devices/discovery/setting-code.ts';
import { udevRules } from '../devices/discovery/udev-rules.ts';
import { portHolder } from '../transport/port-holder.ts';

interface Options {
  readonly watch?: boolean;
  readonly json?: boolean;
  readonly sheet?: string;
  readonly udev?: boolean;
}

/** `tillwire devices`: what is plugged in, what of it can be used, and what to do about the rest. Opens no device. */
export function registerDevices(program: Command, exit: Exit): void {
  program
    .command('devices')
    .description('what is plugged in, in which mode, and what to do')
    .option('--watch', 'go on and tell what comes and goes')
    .option('--json', 'one JSON value on standard output; with --watch one line for each event')
    .option('--sheet <id>', 'the setting barcode of this gun as a document for the receipt printer')
    .option('--udev', 'the rules that let the agent open them, for /etc/udev/rules.d/60-tillwire.rules')
    .addHelpText('after', '\nExample:\n  tillwire devices --watch\n')
    .action(async (options: Options) => {
      const out = (line: string) => console.log(line);
      if (options.watch) return watchUntilStopped(options, out);
      exit.code = await showDevices(options, SYSTEM_ROOTS, out);
    });
}

/** Resolves with the exit code. */
export async function showDevices(options: Options, roots: SystemRoots, out: (line: string) => void): Promise<number> {
  const findings = inOrder(findingsOf(await listDevices(roots), process.platform));
  if (options.udev) {
    out(udevRules(findings));
    return 0;
  }
  if (options.sheet !== undefined) return showSheet(options.sheet, findings, out);
  const held = await Promise.all(findings.map(withHolder));
  if (options.json) out(JSON.stringify(held));
  else for (const line of held.length === 0 ? NOTHING_FOUND : held.flatMap(heldLines)) out(line);
  return 0;
}

type Held = DeviceFinding & { readonly heldBy?: { readonly pid: number; readonly command: string } };

async function withHolder(finding: DeviceFinding): Promise<Held> {
  for (const path of finding.paths) {
    const heldBy = await portHolder(path);
    if (heldBy) return { ...finding, heldBy };
  }
  return finding;
}

function heldLines(finding: Held): string[] {
  const { heldBy } = finding;
  const who = heldBy ? [`    正在使用 in use by   ${heldBy.command} (${heldBy.pid})`] : [];
  return [...findingLines(finding), ...who];
}

function showSheet(id: string, findings: readonly DeviceFinding[], out: (line: string) => void): number {
  const finding = findings.find((known) => known.id === id);
  if (!finding?.setting) {
    console.error(finding ? `no setting barcode is known for ${id}: use its manual` : `no device ${id} is plugged in`);
    return 1;
  }
  const { make = '', model = '', setting } = finding;
  out(JSON.stringify(settingSheet(setting, `${make} ${model}`.trim() || id)));
  return 0;
}

/** Tells every coming and going until the returned function is called. */
export function followDevices(
  { json }: Options,
  roots: SystemRoots,
  clock: Clock,
  out: (line: string) => void,
): () => void {
  const presence = new Presence();
  const findings = new Map<string, DeviceFinding>();
  let stopWaiting = () => {};
  const look = async () => {
    const now = findingsOf(await listDevices(roots), process.platform);
    for (const finding of now) findings.set(finding.id, finding);
    const seen = new Map(
      now.map((finding) => [finding.id, `${finding.mode} ${finding.paths.join()} ${finding.usable}`]),
    );
    for (const event of presence.see(seen, clock.mono())) {
      const finding = findings.get(event.id);
      out(json ? JSON.stringify({ ...event, device: finding }) : eventLine(event, finding));
      if (!json && finding && event.kind !== 'left') for (const line of findingLines(finding).slice(1)) out(line);
      if (event.kind === 'left') findings.delete(event.id);
    }
    stopWaiting();
    const due = presence.nextDeadline;
    if (due !== undefined) stopWaiting = clock.after(Math.max(0, due - clock.mono()), () => void look());
  };
  void look();
  const stopWatching = watchDevices(roots, clock, () => void look());
  return () => {
    stopWatching();
    stopWaiting();
  };
}

function watchUntilStopped(options: Options, out: (line: string) => void): Promise<void> {
  const stop = followDevices(options, SYSTEM_ROOTS, systemClock, out);
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.once(signal, () => {
        stop();
        resolve();
      });
  });
}
