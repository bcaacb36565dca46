import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { CHECKERS } from './checkers.ts';
import { type FileReport, runFile, vectorFiles } from './run.ts';

// npm run vectors -- [DIR ...] [--json]

const HELP = `Usage: npm run vectors -- [DIR ...] [--json]

Runs every bytes-from-outside case of test/vectors and of each DIR (its *.json files, or one such file).
  --json   one array of {file, cases, passed, stories, failed:[{name, expected, actual}]} on standard output
Ends 0 when every case passed, 1 when one failed, 2 on wrong usage.

Example: npm run vectors -- /tmp/more-vectors --json`;

/** The folder with package.json: this file runs from dist/ as well as from its source. */
function repositoryRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}

interface Options {
  readonly folders: readonly string[];
  readonly json: boolean;
  readonly help: boolean;
}

function parseOptions(): Options | { readonly problem: string } {
  try {
    const options = { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } as const;
    const { values, positionals } = parseArgs({ allowPositionals: true, options });
    const missing = positionals.find((folder) => !existsSync(folder));
    if (missing !== undefined) return { problem: `${missing} does not exist` };
    const empty = positionals.find((folder) => vectorFiles([folder]).length === 0);
    if (empty !== undefined) return { problem: `${empty} has no *.json file` };
    return { folders: positionals, json: values.json ?? false, help: values.help ?? false };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

function printTable(reports: readonly FileReport[]): void {
  for (const { file, cases, passed, stories, failed } of reports) {
    const told = stories > 0 ? `, ${stories} told as stories` : '';
    console.log(
      `${failed.length === 0 ? 'ok  ' : 'FAIL'} ${relative(process.cwd(), file) || file}: ${passed} of ${cases}${told}`,
    );
    for (const { name, expected, actual } of failed)
      console.log(
        `       ${name}\n         expected ${JSON.stringify(expected)}\n         actual   ${JSON.stringify(actual)}`,
      );
  }
  const total = (of: (report: FileReport) => number) => reports.reduce((sum, report) => sum + of(report), 0);
  console.log(
    `${reports.length} files, ${total(({ passed }) => passed)} of ${total(({ cases }) => cases)} cases passed`,
  );
}

async function main(): Promise<number> {
  const options = parseOptions();
  if ('problem' in options) {
    console.error(`vectors: ${options.problem}\n\n${HELP}`);
    return 2;
  }
  if (options.help) {
    console.log(HELP);
    return 0;
  }
  const files = vectorFiles([join(repositoryRoot(), 'test/vectors'), ...options.folders]);
  const reports: FileReport[] = [];
  for (const file of files) reports.push(await runFile(file, CHECKERS));
  if (options.json) console.log(JSON.stringify(reports, undefined, 2));
  else printTable(reports);
  return reports.every(({ failed }) => failed.length === 0) ? 0 : 1;
}

process.exitCode = await main();
