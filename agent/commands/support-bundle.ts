import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import type { Exit } from '../cli.ts';
import { openSite } from '../doctor/open-site.ts';
import { type Manifest, supportBundle } from '../doctor/support-bundle.ts';

interface Options {
  readonly config?: string;
  readonly out?: string;
  readonly log?: string;
  readonly json?: boolean;
}

/** `tillwire support-bundle`: one file for whoever helps from afar. */
export function registerSupportBundle(program: Command, exit: Exit): void {
  program
    .command('support-bundle')
    .description('one ZIP file for whoever helps from afar: secrets masked, its contents listed in manifest.json')
    .option('--config <file>', 'configuration of the till')
    .option('--out <file>', 'where to write it; default: tillwire-support-DATE.zip in this folder')
    .option(
      '--log <file>',
      'a log file of the agent to take along (its last lines come from the agent itself, if it runs)',
    )
    .option('--json', 'the manifest as one JSON value on standard output')
    .addHelpText(
      'after',
      '\nExample:\n  tillwire support-bundle --config /etc/tillwire/till.json --out /tmp/till-1.zip\n',
    )
    .action(async (options: Options) => {
      exit.code = await bundle(options);
    });
}

async function bundle({ config, out, log, json }: Options): Promise<number> {
  const { zip, manifest } = await supportBundle(await openSite(config, 0), log);
  const file = out ?? `tillwire-support-${manifest.made.slice(0, 19).replace(/[-:T]/g, '')}.zip`;
  try {
    writeFileSync(file, zip, { mode: 0o600 });
  } catch (error) {
    console.error(`tillwire support-bundle: ${error instanceof Error ? error.message : String(error)}`);
    return 2;
  }
  if (json) console.log(JSON.stringify({ file, ...manifest }));
  else console.log(lines(file, zip.length, manifest).join('\n'));
  return 0;
}

function lines(file: string, bytes: number, { files, missing }: Manifest): string[] {
  return [
    `${file}, ${Math.ceil(bytes / 1024)} KiB / 已生成，可以发给客服`,
    ...files.map(({ name, what, bytes: size }) => `  ${name.padEnd(20)} ${String(size).padStart(8)}  ${what}`),
    ...missing.map(({ name, why }) => `  ${name.padEnd(20)}        -  ${why}`),
  ];
}
