import { z } from 'zod';
import { WALLETS, type Wallet } from '../devices/phone.ts';
import { GunFile, gunLike } from '../personalities/gun-file.ts';
import { GUN_PERSONALITIES, type GunPersonality, type GunPersonalityName } from '../personalities/guns.ts';
import { namesOf } from '../personalities/make-file.ts';
import { PrinterFile, printerLike } from '../personalities/printer-file.ts';
import { PRINTERS, type PrinterName, type PrinterPersonality } from '../personalities/printers.ts';
import { TerminalFile, terminalLike } from '../personalities/terminal-file.ts';
import { TERMINAL_MAKES, type TerminalMake, type TerminalMakeName } from '../personalities/terminal-makes.ts';
import { PAD_PERSONALITIES, type PadPersonality, type PadPersonalityName } from '../terminals/pad-personalities.ts';
import { Expectations } from './expectations.ts';
import { ACTORS, type Actor, Step } from './steps.ts';
import { Yuan } from './terms.ts';

/** The till and the shop as this story finds them. */
const Place = z
  .strictObject({
    paper: z.union([z.literal(58), z.literal(80)]).optional(),
    printer: z
      .union([z.enum(namesOf<PrinterName>(PRINTERS)), PrinterFile])
      .optional()
      .describe('make and firmware: a known one, or a table and how it behaves'),
    gun: z
      .union([z.enum(namesOf<GunPersonalityName>(GUN_PERSONALITIES)), GunFile])
      .optional()
      .describe('make of the gun: a known one, or a table and how it behaves; the till is set up for it'),
    terminal: z
      .union([z.enum(namesOf<TerminalMakeName>(TERMINAL_MAKES)), TerminalFile])
      .optional()
      .describe('make of the card terminal: a known one, or a table and how it behaves; none when nothing is said'),
    pad: z
      .enum(namesOf<PadPersonalityName>(PAD_PERSONALITIES))
      .optional()
      .describe('make of the signature pad; none when nothing is said'),
    config: z
      .record(z.string(), z.json())
      .optional()
      .describe("fields of the till's configuration, over the usual ones"),
  })
  .describe('what is not as usual');

/** One named story: what happens, and what must be true then. */
export const Scenario = z
  .strictObject({
    $schema: z.string().optional(),
    name: z.string().regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/),
    title: z.strictObject({ zh: z.string().min(1).max(80), en: z.string().min(1).max(120) }),
    covers: z
      .array(z.string().min(1).max(80))
      .min(1)
      .describe('failure modes (F3), flow scenarios, lines of the seeds'),
    place: Place.optional(),
    yuan: Yuan.optional().describe('what is to be paid when a step says nothing; 12.50'),
    wallet: z
      .enum(Object.keys(WALLETS) as [Wallet, ...Wallet[]])
      .optional()
      .describe('wechat when nothing is said'),
    steps: z.array(Step).min(1).max(80),
    expect: Expectations,
    within: z
      .string()
      .regex(/^\d+(s|min)$/)
      .optional()
      .describe('how long the end may take after the last step; 10 s when nothing is said'),
  })
  .describe('a story of the simulated shop');
export type Scenario = z.infer<typeof Scenario>;

/** The printer that a story wants; the usual one of its paper when it says nothing. */
export function printerOfPlace({
  paper = 58,
  printer = `generic-${paper}`,
}: NonNullable<Scenario['place']>): PrinterPersonality {
  return typeof printer === 'string' ? PRINTERS[printer] : printerLike(printer);
}

/** The gun that a story wants; none said: a raw line. */
export function gunOfPlace({ gun }: NonNullable<Scenario['place']>): GunPersonality | undefined {
  return typeof gun === 'string' ? GUN_PERSONALITIES[gun] : gun && gunLike(gun);
}

/** The card terminal that a story wants, if any. */
export function terminalOfPlace({ terminal }: NonNullable<Scenario['place']>): TerminalMake | undefined {
  return typeof terminal === 'string' ? TERMINAL_MAKES[terminal] : terminal && terminalLike(terminal);
}

export function padOfPlace({ pad }: NonNullable<Scenario['place']>): PadPersonality | undefined {
  return pad && PAD_PERSONALITIES[pad];
}

export const USUAL = { yuan: '12.50', wallet: 'wechat', within: '10s' } as const;

/** A file that is no scenario: where, and why. */
export class ScenarioError extends Error {}

/** The scenario in `json`. Throws {@link ScenarioError} in one line that names the step. */
export function parseScenario(json: unknown, from: string): Scenario {
  const parsed = Scenario.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new ScenarioError(
    `${from}: ${whyStep(json) ?? z.prettifyError(parsed.error).replaceAll('\n', ' ').slice(0, 400)}`,
  );
}

/** A step is one of many shapes; the actor says which one was meant. */
function whyStep(json: unknown): string | undefined {
  const steps = z.object({ steps: z.array(z.looseObject({})) }).safeParse(json).data?.steps ?? [];
  for (const [index, step] of steps.entries()) {
    const actor = actorOf(step);
    if (!actor) return `step ${index + 1} has nobody who does something (one of ${Object.keys(ACTORS).join(', ')})`;
    const { error } = ACTORS[actor].safeParse(step);
    if (error) return `step ${index + 1} (${actor}): ${z.prettifyError(error).replaceAll('\n', ' ').slice(0, 300)}`;
  }
  return undefined;
}

/** Who does something in a step. */
export function actorOf(step: object): Actor | undefined {
  return Object.keys(ACTORS).find((actor): actor is Actor => actor in step);
}

/** A step in one line, for the story. */
export function lineOf(step: Step): string {
  const { within: _within, ...said } = { within: undefined, ...step };
  return Object.entries(said)
    .map(([key, value]) => (typeof value === 'string' ? `${key} ${value}` : `${key} ${JSON.stringify(value)}`))
    .join(', ');
}
