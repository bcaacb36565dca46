import type { Command } from 'commander';
import type { Exit } from '../cli.ts';
import { doorUrl } from '../fleet/broker-door.ts';
import { parseFleetOptions, type RawFleetOptions } from '../fleet/options.ts';
import type { FleetResult } from '../fleet/run.ts';

/** `tillwire-sim fleet`: thousands of tills against a broker; 1 when something is not as it should be. */
export function registerFleet(program: Command, exit: Exit): void {
  program
    .command('fleet')
    .description('thousands of tills in one process: real MQTT clients that speak the contract with a backend')
    .requiredOption('--tills <n>', 'how many')
    .option('--broker <url>', 'mqtt://host:port or mqtts://host:port')
    .option('--backend', 'with the simulated backend and acquirer; without --broker they bring a broker of their own')
    .option('--seconds <n>', 'how long customers come', '60')
    .option('--pace <n>', 'payments of one till in one minute', '2')
    .option('--ramp <n>', 'tills that connect in one second', '200')
    .option('--lost <percent>', 'of the channel’s answers, with --backend', '0')
    .option('--tenant <name>', 'first level of the tills’ addresses', 'fleet')
    .option('--username <name>', 'of the broker')
    .option('--password-file <file>', 'file with the broker’s password')
    .option('--ca <file>', 'certificate authority of the broker, PEM')
    .option('--compare', 'also measure the memory of bare mqtt.js clients, beforehand')
    .option('--json', 'the result as one JSON value on stdout; progress stays on stderr')
    .addHelpText(
      'after',
      '\nCtrl-C ends it in order: no new customers, what is open is asked after for 3 s, everybody says goodbye.\n' +
        '\nExamples:\n  tillwire-sim fleet --tills 2000 --backend --seconds 60 --compare\n' +
        '  tillwire-sim fleet --tills 500 --broker mqtts://broker.example:8883 --username fleet --password-file pw --json\n',
    )
    .action(async (raw: RawFleetOptions) => {
      exit.code = await run(raw);
    });
}

async function run(raw: RawFleetOptions): Promise<number> {
  const options = parseFleetOptions(raw);
  if (typeof options === 'string') return refuse(options);
  // loaded when it is asked for: no other command has use for a fleet
  const [{ runFleet }, { FleetRefused }] = await Promise.all([import('../fleet/run.ts'), import('../fleet/fleet.ts')]);
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => stop.abort());
  try {
    const result = await runFleet(options, stop.signal);
    if (options.json) console.log(JSON.stringify(result));
    else for (const line of linesOf(result)) console.log(line);
    return result.problems.length === 0 ? 0 : 1;
  } catch (error) {
    if (error instanceof FleetRefused)
      return refuse(
        `nobody was let in at ${options.door ? doorUrl(options.door) : 'its own broker'} within 10 s: is the broker there, are ` +
          'address and login right? / 无法连接服务器，请检查地址和登录信息',
      );
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

function linesOf(result: FleetResult): string[] {
  const { scanToPaidMs: ms, memory, ledger } = result;
  const kib = (bytes: number) => `${(bytes / 1024).toFixed(0)} KiB`;
  const bare =
    memory.bareClientBytes === null
      ? ''
      : `, a bare mqtt.js client ${kib(memory.bareClientBytes)}, ratio ${String(memory.ratio)}`;
  return [
    `${result.tills} tills at ${result.broker}, online after ${result.connectSeconds ?? '-'} s`,
    `${result.paid} paid of ${result.begun} in ${result.seconds} s (${result.paidPerSecond}/s), ${result.declined} declined, ` +
      `${result.reversed} reversed, ${result.unclear} unclear on the way, ${result.unknown} unknown at the end`,
    `scan to paid: p50 ${ms.p50} p95 ${ms.p95} p99 ${ms.p99} max ${ms.max} ms`,
    `${result.reconnects} reconnects`,
    `memory of a till: ${kib(memory.bytesPerTill)} at rest, ${kib(memory.bytesPerTillAfter)} after the payments${bare}; ` +
      `resident ${kib(memory.residentPerTill)}`,
    ...(ledger
      ? [
          `acquirer: ${ledger.charges} charges, ${ledger.reversals} reversals, ${ledger.chargedTwice} orders charged twice`,
        ]
      : []),
    ...result.problems.map((problem) => `WRONG: ${problem}`),
  ];
}

function refuse(reason: string): number {
  console.error(`tillwire-sim fleet: ${reason}`);
  return 2;
}
