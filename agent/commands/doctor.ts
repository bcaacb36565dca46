import { type Command, InvalidArgumentError } from 'commander';
import pc from 'picocolors';
import type { Exit } from '../cli.ts';
import type { Check } from '../doctor/check.ts';
import { CHECKS, type Examined, examine } from '../doctor/examination.ts';
import { openSite } from '../doctor/open-site.ts';
import { printAlone } from '../doctor/print-alone.ts';
import { checkLines, diagnosisOf, type Paint, PLAIN, type Report, reportOf, verdictLine } from '../doctor/report.ts';
import type { Site } from '../doctor/site.ts';
import { explain } from '../errors.ts';
import { type DiagnosisSlip, diagnosisSlip } from '../slips/till-slips.ts';
import { VERSION } from '../version.ts';
import { ApiClient, NotDone } from './api-client.ts';
import { type Language, languageOf, languageOption } from './language.ts';

interface Options {
  readonly config?: string;
  readonly json?: boolean;
  readonly scan?: boolean;
  readonly print?: boolean;
  readonly warningsAsErrors?: boolean;
  readonly lang?: Language;
  readonly only?: readonly Check[];
}

/** Time to take the gun and something with a code on it. */
const SCAN_MS = 20_000;

/** `tillwire doctor`: what is wrong with this till, and how to mend it. 0 good, 1 something is at fault, 2 wrong usage. */
export function registerDoctor(program: Command, exit: Exit): void {
  program
    .command('doctor')
    .description('what is wrong with this till, and how to mend it')
    .option('--config <file>', 'configuration of the till; without one what needs none is looked at')
    .option('--scan', `wait ${SCAN_MS / 1000} s for something to be scanned`)
    .option('--print', 'print the result on the slip printer')
    .option('--only <codes>', 'these checks alone, by their codes, with commas between', checksOf)
    .option('--warnings-as-errors', 'a warning is a fault')
    .option('--lang <zh|en>', 'language of the texts; default: that of the terminal', languageOption)
    .option('--json', 'one JSON value on standard output')
    .addHelpText('after', '\nExample:\n  tillwire doctor --config /etc/tillwire/till.json\n')
    .action(async (options: Options) => {
      exit.code = await doctor(options);
    });
}

function checksOf(text: string): readonly Check[] {
  const wanted = text.split(',').map((code) => code.trim().toUpperCase());
  const known = CHECKS.filter(({ code }) => wanted.includes(code));
  if (known.length < new Set(wanted).size) throw new InvalidArgumentError(CHECKS.map(({ code }) => code).join(', '));
  return known;
}

async function doctor(options: Options): Promise<number> {
  const language = options.lang ?? languageOf(process.env);
  const site = await openSite(options.config, options.scan === true ? SCAN_MS : 0);
  const paint: Paint = process.stdout.isTTY ? pc : PLAIN;
  const tell = ({ checks }: Report) => {
    for (const one of checks) console.log(checkLines(one, paint, language).join('\n'));
  };
  if (options.scan === true) console.error(language === 'zh' ? '请扫任意条码' : 'scan any code');
  const shown = (one: Examined) => (options.json ? undefined : tell(reportOf([one], language, false)));
  const report = reportOf(await examine(site, shown, options.only), language, options.warningsAsErrors === true);
  if (options.json) console.log(JSON.stringify(report));
  else console.log(verdictLine(report, paint, language));
  if (options.print === true) await print(site, report, language);
  return report.ok ? 0 : 1;
}

/** Whatever becomes of the paper, the result stands on the screen. */
async function print(
  { parts: { config, clock, agent, configFile = '' } }: Site,
  report: Report,
  language: Language,
): Promise<void> {
  if (!config?.printer) return console.error(explain('NO_PRINTER'));
  const { tenant, store, agent: till } = config.address;
  const about = { merchantName: config.merchant.name, till: `${tenant}/${store}/${till}`, version: VERSION };
  const slip = diagnosisOf(report, { ...about, time: clock.now() }, language);
  if (agent) return throughAgent(slip, configFile);
  const result = await printAlone(config.printer, diagnosisSlip(slip, config.printer.paper), clock);
  if (result?.state !== 'sent') console.error(explain(result?.state === 'not-sent' ? result.cause : 'PRINTER_SILENT'));
}

/** The agent holds the printer: it prints in its turn. */
async function throughAgent({ checks, locale }: DiagnosisSlip, config: string): Promise<void> {
  try {
    const api = await ApiClient.find({ config }, () => Promise.reject(new Error('no token on standard input')));
    await api.ask('/v1/diagnosis/slips', { body: { checks, locale } });
  } catch (error) {
    if (!(error instanceof NotDone)) throw error;
    console.error(explain('PRINTER_BUSY', error.problem.detail ?? error.problem.code));
  }
}
