import type { Command } from 'commander';
import type { Exit } from '../cli.ts';
import type { VisitOptions } from './provision-visit.ts';

const HELP = `
The code is what the back office printed or showed: https://host/K7QF-3MPD#fingerprint (its QR code says the same), or
the eight characters with --url. It is good for minutes. Run it again as often as you like: it shows what would change.

Examples:
  tillwire provision --code 'https://join.example.com/K7QF-3MPD#9f2c...'
  tillwire provision --file site.json --scanner usb:0c2e:0b6a:15232B1F0C --printer /dev/usb/lp0 --yes --json
`;

/** `tillwire provision`: from an empty machine to a till, in four steps. */
export function registerProvision(program: Command, exit: Exit): void {
  program
    .command('provision')
    .description('join a till to its shop: devices, registration, keys, test payment')
    .option('--config <file>', 'the configuration to be written or brought up to date', 'till.json')
    .option('--code <code>', 'from the back office: an address with code and fingerprint, or the code alone')
    .option('--url <url>', 'the enrolment service, when the code stands alone')
    .option('--pin <sha256>', "fingerprint of the service's authority, when the code stands alone")
    .option('--file <file>', 'instead of a code: {"url", "code", "ca"} from the back office')
    .option('--data <dir>', 'data folder; default: data, beside the configuration')
    .option('--scanner <address>', 'the gun (see tillwire devices); default: the only one')
    .option('--language <name>', 'what the gun speaks, when it does not show')
    .option('--printer <address>', 'the receipt printer; default: the only one')
    .option('--serial <number>', 'serial number on the label of the terminal')
    .option('--technician <id>', 'who confirms the registration')
    .option('--move', 'this till comes from another PC: its old certificate is revoked')
    .option('--yes', 'confirm everything but the test payment, which needs a person')
    .option('--json', 'one JSON value on standard output')
    .addHelpText('after', HELP)
    .action(async (options: VisitOptions) => {
      // prompts and the whole agent are loaded by who visits, not by every command
      exit.code = await (await import('./provision-visit.ts')).visit(options);
    });
}
