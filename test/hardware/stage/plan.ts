import { join } from 'node:path';
import process from 'node:process';
import { IN_THE_VM } from '../../teeth/repairs.ts';
import { type Count, countOf, wasRed } from './report.ts';

/** What the guest does, how long it may take, and what is made of what it leaves in `out`. */
export interface Plan {
  /** a shell script */
  readonly command: string;
  readonly deadlineMs: number;
  readonly judge: (out: string, code: number | undefined, say: (line: string) => void) => Count;
}

const MINUTE_MS = 60_000;
/** Four and a half on two quiet cores; `.ci/run` gives six with the packages. */
const USUAL_MS = 5.5 * MINUTE_MS;
/** Of a plug of three drivers and eight of node-hid alone: two seconds on quiet cores, six on busy ones. */
const CYCLE_MS = 10_000;
const NIGHT_IDLE_MS = MINUTE_MS;

/** All suites, or those whose path contains one of the names. */
export function usualPlan(names: readonly string[]): Plan {
  return {
    command: script([vitest('hardware', 'report', names)]),
    deadlineMs: USUAL_MS,
    judge: (out, code) => countOf(join(out, 'report.json'), code),
  };
}

/** What takes its time: many plugs, and a minute in which nothing happens. */
export function cyclesPlan(cycles: number): Plan {
  const night = `export TILLWIRE_PLUG_CYCLES=${cycles} TILLWIRE_IDLE_MS=${NIGHT_IDLE_MS}`;
  return {
    ...usualPlan([]),
    command: script([night, vitest('hardware', 'report', ['plug-cycles', 'sale'])]),
    deadlineMs: 8 * MINUTE_MS + cycles * CYCLE_MS,
  };
}

/** Each repair is taken out in turn, and its test wants to be red. */
export function teethPlan(names: readonly string[]): Plan {
  const repairs = Object.keys(IN_THE_VM).filter((repair) => names.length === 0 || names.includes(repair));
  const runs = repairs.map(
    (repair) =>
      `echo "without ${repair}"; TILLWIRE_WITHOUT=vm:${repair} ${vitest('teeth', repair, [])} >/tmp/out/${repair}.txt 2>&1`,
  );
  return {
    command: script([...runs, 'true']),
    deadlineMs: 3 * MINUTE_MS + repairs.length * 3 * MINUTE_MS,
    judge: (out, _code, say) => {
      const red = repairs.map((repair) => wasRed(join(out, `${repair}.json`)));
      for (const [n, repair] of repairs.entries()) say(`without ${repair}: ${WORDS[String(red[n])] ?? ''}`);
      return { passed: red.filter((is) => is === true).length, failed: red.filter((is) => is !== true).length };
    },
  };
}

const WORDS: Readonly<Record<string, string>> = {
  true: 'red, as it should be',
  false: 'GREEN: the test does not bite',
  undefined: 'did not run',
};

/** One file after the other, in one process: the emulated machine is slow, and they share its devices. */
function vitest(which: 'hardware' | 'teeth', report: string, names: readonly string[]): string {
  const project = which === 'hardware' ? '--project hardware' : '--config test/teeth/vitest.config.ts';
  return [
    `'${process.execPath}' node_modules/vitest/vitest.mjs run ${project} --configLoader runner`,
    '--no-file-parallelism --no-isolate --reporter=verbose --reporter=json',
    `--outputFile.json=/tmp/out/${report}.json`,
    ...names.map((name) => `'${name.replaceAll("'", '')}'`),
  ].join(' ');
}

function script(lines: readonly string[]): string {
  return [
    'export HOME=/tmp TMPDIR=/tmp PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin',
    'export CI=true NO_COLOR=1 TILLWIRE_VM=1',
    'cd /tmp/project',
    ...lines,
    '',
  ].join('\n');
}
