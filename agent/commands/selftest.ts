import { type Command, InvalidArgumentError } from 'commander';
import pc from 'picocolors';
import type { Exit } from '../cli.ts';
import { systemClock } from '../clock.ts';
import { readConfig } from '../config.ts';
import { agentOf } from '../doctor/open-site.ts';
import { type Paint, PLAIN } from '../doctor/report.ts';
import { loneBench } from '../selftest/lone-bench.ts';
import { type SelfTestReport, STEPS, type Step, selfTest } from '../selftest/self-test.ts';
import { VERSION } from '../version.ts';
import { ApiClient, guarded, reach, Usage, type Where } from './api-client.ts';
import { type Language, languageOf, languageOption } from './language.ts';
import { firstLine } from './standard-input.ts';

type Options = Where & { readonly only?: Step[]; readonly within: number; readonly lang?: Language };

/** `tillwire selftest`: scan, sign, print, drawer; through the running agent, or with the devices itself when none runs. */
export function registerSelfTest(program: Command, exit: Exit): void {
  reach(
    program
      .command('selftest')
      .description('try scan, sign, print and drawer; prints a slip with the result as QR code. Moves no money')
      .option('--only <steps>', STEPS.join(','), stepsOf)
      .option('--within <seconds>', 'how long a scan or a signature is waited for, at most 60', secondsOf, 20)
      .option('--lang <zh|en>', 'language of the texts; default: that of the terminal', languageOption),
  )
    .addHelpText('after', '\nExample:\n  tillwire selftest --config /etc/tillwire/till.json --only scan,print\n')
    .action(guarded(exit, run));
}

function stepsOf(text: string): Step[] {
  const wanted = text.split(',').map((name) => name.trim());
  const known = STEPS.filter((step) => wanted.includes(step));
  if (known.length === 0 || known.length < wanted.length) throw new InvalidArgumentError(STEPS.join(','));
  return known;
}

function secondsOf(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 60) throw new InvalidArgumentError('1 to 60');
  return value;
}

async function run(options: Options): Promise<number> {
  const language = options.lang ?? languageOf(process.env);
  const steps = options.only ?? [...STEPS];
  if (steps.includes('scan')) console.error(language === 'zh' ? '请扫任意条码' : 'scan any code');
  if (steps.includes('sign') && hasPad(options))
    console.error(language === 'zh' ? '然后在签名板上签名' : 'then sign on the pad');
  const report = (await runsHere(options)) ? await throughAgent(options, steps) : await alone(options, steps);
  if (options.json) console.log(JSON.stringify(report));
  else for (const line of lines(report, language)) console.log(line);
  return report.ok ? 0 : 1;
}

function hasPad({ config }: Options): boolean {
  return config !== undefined && readConfig(config).pad !== undefined;
}

async function runsHere({ config, url }: Options): Promise<boolean> {
  if (url !== undefined) return true;
  if (config === undefined) throw new Usage('give --config FILE, or --url and a token');
  return (await agentOf(readConfig(config))) !== undefined;
}

async function throughAgent(options: Options, steps: readonly Step[]): Promise<SelfTestReport> {
  const api = await ApiClient.find(options, () => firstLine('token'));
  const withinMs = (2 * options.within + 90) * 1_000;
  return api.ask<SelfTestReport>('/v1/selftests', { body: { steps, withinSeconds: options.within }, withinMs });
}

async function alone({ config = '', within }: Options, steps: readonly Step[]): Promise<SelfTestReport> {
  const read = readConfig(config);
  const { tenant, store, agent } = read.address;
  const about = { till: `${tenant}/${store}/${agent}`, version: VERSION, now: () => systemClock.now() };
  return selfTest({ bench: loneBench(read, systemClock), ...about, withinMs: within * 1_000 }, steps);
}

const MARKS = { ok: ['✓', 'green'], fail: ['✗', 'red'], skipped: ['-', 'dim'] } as const;
const NAMES = { scan: '扫码', sign: '签名', print: '打印', drawer: '钱箱' } as const satisfies Record<Step, string>;

function lines({ ok, steps }: SelfTestReport, language: Language): string[] {
  const paint: Paint = process.stdout.isTTY ? pc : PLAIN;
  const verdict = { zh: ok ? '自检通过' : '自检未通过', en: ok ? 'self-test passed' : 'self-test not passed' };
  return [
    ...steps.map(({ step, status, cause }) => {
      const [mark, colour] = MARKS[status];
      return `${paint[colour](mark)} ${language === 'zh' ? NAMES[step] : step}: ${cause[language]}`;
    }),
    paint[ok ? 'green' : 'red'](verdict[language]),
  ];
}
