import { Command, CommanderError } from 'commander';
import { parseYuan } from '../../protocols/money/fen.ts';
import { parseOptions, type RawOptions } from '../rehearsal/options.ts';
import { type Programs, rehearse } from '../rehearsal/rehearsal.ts';

/** `npm start -- ...`: the simulated shop and the real agent, joined by pseudo-terminals and MQTT. Resolves with the exit code. */
export async function runRehearsal(args: readonly string[], programs: Programs): Promise<number> {
  const command = new Command('npm start --')
    .description('rehearsal: one sale between the simulated shop and the real agent')
    .option('--once', 'one sale, then exit: 0 if the scenario ended as it should')
    .option('--amount <yuan>', "what is to be paid, instead of the story's own 12.50")
    .option('--channel <name>', 'wechat, alipay, unionpay, ecny, bestpay, suning or emv')
    .option('--scenario <name>', 'what happens; `tillwire-sim scenarios` lists them', 'paid')
    .option('--paper <mm>', '58 or 80', '58')
    .option(
      '--terminal <state>',
      'suspended, maintenance or unregistered: the terminal may not collect, to look at the page then',
    )
    .option('--out <dir>', 'write slip.bin, slip.png, slip.txt, result.json and agent.log there')
    .addHelpText('after', '\nExample:\n  npm start -- --once --amount 12.50 --scenario answer-lost --out out\n')
    .exitOverride();
  try {
    command.parse(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : 2;
  }
  const options = parseOptions(command.opts<RawOptions>(), parseYuan);
  if (typeof options === 'string') {
    console.error(`npm start: ${options}`);
    return 2;
  }
  return rehearse(options, programs);
}
