import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { Exit } from '../cli.ts';
import { systemClock } from '../clock.ts';
import { type Config, ConfigError, readConfig } from '../config.ts';
import { explain } from '../errors.ts';
import { BackupRefused, backUp, checkBackup, endOf, restore } from '../journal/backup.ts';
import { folderFiles, readOnlyFiles } from '../journal/files.ts';
import { DataDirBusy, lockFolder } from '../journal/lock.ts';
import { segmentsOf } from '../journal/segments.ts';
import { checkPassphrase, copyPeople, openPeople, putPeople } from '../people/people-copy.ts';
import { reportLines } from './journal-lines.ts';
import { firstLine } from './standard-input.ts';

interface Where {
  readonly config?: string;
  readonly data?: string;
  readonly json?: boolean;
  readonly people?: boolean;
}

/** Wrong usage: exit code 2. */
class Usage extends Error {}

/** `tillwire backup` and `tillwire restore`: the journal, which holds no paycode and no key, and the people when asked for. */
export function registerBackup(program: Command, exit: Exit): void {
  place(program.command('backup'))
    .description('copy the journal while the agent goes on; the copy holds no keys and no payment codes')
    .requiredOption('--to <dir>', 'an empty or new folder for the copy')
    .addHelpText('after', '\nExample:\n  tillwire backup --config /etc/tillwire/till.json --to /media/usb/till-1\n')
    .action(guarded(exit, 'BACKUP_REFUSED', backup));

  place(program.command('restore'))
    .description('put a copy in place on a PC that has no journal yet (the agent must be stopped)')
    .requiredOption('--from <dir>', 'the folder that tillwire backup wrote')
    .addHelpText('after', '\nExample:\n  tillwire restore --from /media/usb/till-1 --config /etc/tillwire/till.json\n')
    .action(guarded(exit, 'RESTORE_REFUSED', putBack));
}

function place(command: Command): Command {
  return command
    .option('--config <file>', 'configuration file of the agent')
    .option('--data <dir>', "the agent's data folder")
    .option('--people', 'with the people of the till, sealed with a passphrase: the first line of standard input')
    .option('--json', 'one JSON value on standard output');
}

function guarded<T extends Where>(
  exit: Exit,
  refusal: 'BACKUP_REFUSED' | 'RESTORE_REFUSED',
  run: (options: T) => Promise<number>,
) {
  return async (options: T): Promise<void> => {
    try {
      exit.code = await run(options);
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      const isWrongUse = error instanceof Usage || error instanceof ConfigError || error instanceof DataDirBusy;
      console.error(error instanceof Usage ? `tillwire: ${detail}` : explain(codeOf(error) ?? refusal, detail));
      exit.code = isWrongUse ? 2 : 1;
    }
  };
}

function codeOf(error: unknown) {
  return error instanceof ConfigError || error instanceof DataDirBusy ? error.code : undefined;
}

/** The data folder, and the configuration when it was named by one. */
function till({ config, data }: Where): { readonly data: string; readonly config?: Config } {
  if ((config === undefined) === (data === undefined)) throw new Usage('give --config or --data');
  if (data !== undefined) return { data };
  const read = readConfig(config ?? '');
  return { data: read.dataDir, config: read };
}

async function backup(options: Where & { readonly to: string }): Promise<number> {
  const journal = join(till(options).data, 'journal');
  const from = readOnlyFiles(journal);
  if (!existsSync(journal) || segmentsOf(await from.list()).length === 0)
    throw new Usage(`${journal} holds no journal`);
  const passphrase = options.people ? await firstLine('passphrase') : undefined;
  if (passphrase !== undefined) checkPassphrase(passphrase);
  const { end, terminal } = await endOf(from);
  const to = await folderFiles(options.to);
  await backUp(from, end, to, { terminal, takenAt: systemClock.now() });
  await to.close();
  // what the other disk really holds, not what it was given
  const { manifest, report } = await checkBackup(readOnlyFiles(options.to));
  const people = passphrase === undefined ? undefined : await copyPeople(till(options).data, options.to, passphrase);
  const lines = [`copied to ${options.to} / 已备份到 ${options.to}`, ...reportLines(report), peopleLine(people)];
  console.log(
    options.json
      ? JSON.stringify({ folder: options.to, ...manifest, report, ...(people === undefined ? {} : { people }) })
      : lines.join('\n'),
  );
  return report.ok ? 0 : 1;
}

/** Whole or not at all: it is put together beside the journal's place, then named. */
async function putBack(options: Where & { readonly from: string }): Promise<number> {
  const { data, config } = till(options);
  if (!existsSync(options.from)) throw new Usage(`${options.from} is not there`);
  const passphrase = options.people ? await firstLine('passphrase') : undefined;
  const unlock = lockFolder(data);
  try {
    const copy = readOnlyFiles(options.from);
    const { manifest } = await checkBackup(copy);
    const people = passphrase === undefined ? undefined : await openPeople(options.from, data, passphrase);
    if (config && config.merchant.terminalNo !== manifest.terminal)
      throw new BackupRefused(`the copy is of terminal ${manifest.terminal}, not of ${config.merchant.terminalNo}`);
    const journal = join(data, 'journal');
    await refuseExisting(journal, manifest.head.seq);
    const beside = join(data, 'journal.restoring');
    rmSync(beside, { recursive: true, force: true });
    const to = await folderFiles(beside);
    await restore(copy, to, systemClock);
    await to.close();
    if (existsSync(journal)) rmdirSync(journal);
    renameSync(beside, journal);
    syncFolder(data);
    if (people) await putPeople(data, people);
    tellRestored(options, manifest.head.seq, people?.length);
    return 0;
  } finally {
    unlock();
  }
}

async function refuseExisting(journal: string, copySeq: number): Promise<void> {
  if (!existsSync(journal)) return;
  const files = readOnlyFiles(journal);
  if ((await files.list()).length === 0) return;
  const { end } = await endOf(files);
  const age = end.seq > copySeq ? 'newer than' : 'beside';
  throw new BackupRefused(`${journal} holds a journal up to entry ${end.seq}, ${age} the copy's ${copySeq}`);
}

function peopleLine(people: number | undefined): string {
  return people === undefined
    ? 'without the people of the till (--people) / 不含人员'
    : `${people} people / ${people} 名人员`;
}

function tellRestored(options: Where, seq: number, people: number | undefined): void {
  if (options.json) return console.log(JSON.stringify({ restored: seq, ...(people === undefined ? {} : { people }) }));
  console.log(
    [
      `restored up to entry ${seq}; leave the old PC switched off`,
      `已恢复到第 ${seq} 条记录；请勿再启动旧电脑上的本程序`,
      peopleLine(people),
      'if the backend has seen later entries, payments wait until a person has looked: tillwire journal review',
    ].join('\n'),
  );
}

/** The new name survives a power cut; systems that cannot open a folder need no such thing. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const fd = openSync(folder, 'r');
  fsyncSync(fd);
  closeSync(fd);
}
