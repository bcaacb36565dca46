import { type CommandKey, CommandKeys } from '../../agent/backend/command-keys.ts';
import { CommandEnvelope } from '../../protocols/backend/commands.ts';
import { signedText } from '../../protocols/backend/signature.ts';
import type { TillAddress } from '../../protocols/backend/topics.ts';
import type { CaseResult, Checker } from './checker.ts';
import { hasEntriesWith, type JsonObject } from './json.ts';

interface SignatureCase {
  readonly name: string;
  readonly change: JsonObject;
  readonly till?: TillAddress;
  readonly keys?: readonly CommandKey[];
  readonly expect: string;
}

interface SignedCommandFile {
  readonly till: TillAddress;
  readonly keys: readonly CommandKey[];
  readonly command: JsonObject;
  readonly text: string;
  readonly signatureCases: readonly SignatureCase[];
}

/** signed-command.json: the text is ours byte for byte, the signature is openssl's, and each alteration is refused. */
export const signedCommand: Checker = {
  title: 'signed commands',
  recognises: (_name, content) => hasEntriesWith(content, 'signatureCases', ['change', 'expect']),
  check(content) {
    const file = content as SignedCommandFile;
    const command = CommandEnvelope.parse(file.command);
    const text = { name: 'text', expected: file.text, actual: signedText(file.till, command, command.sig?.kid ?? '') };
    return { cases: [text, ...file.signatureCases.map((one) => signatureCase(file, one))], stories: 0 };
  },
};

function signatureCase(file: SignedCommandFile, { name, change, till, keys, expect }: SignatureCase): CaseResult {
  const members = Object.entries({ ...file.command, ...change }).filter(([, value]) => value !== null);
  const known = new CommandKeys(till ?? file.till, keys ?? file.keys);
  const refusal = known.refusal(CommandEnvelope.parse(Object.fromEntries(members)));
  return { name, expected: expect, actual: refusal?.code ?? 'ok' };
}
