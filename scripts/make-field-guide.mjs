// Writes the last part of docs/field-guide.md and docs/field-guide.zh-CN.md from agent/errors.ts: every code, its cause, what to do.
// `npm run build && node scripts/make-field-guide.mjs` after a change of them; test/porch/field-guide.test.ts compares.
import { readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { readArgs } from './usage.mjs';

export const GUIDES = [
  { file: 'field-guide.md', language: 'en', action: '**Do:** ', end: '.' },
  { file: 'field-guide.zh-CN.md', language: 'zh', action: '**处理：**', end: '。' },
];

const PLACE = /(<!-- codes -->\n)[^]*?(<!-- \/codes -->)/;

/** The guide with the part that is made. */
export function fieldGuide(text, errors, { language, action, end }) {
  const sections = Object.entries(errors).map(
    ([code, { cause, remedy }]) =>
      `### ${code}\n\n${sentence(cause[language], end)}\n\n${action}${sentence(remedy[language], end)}\n`,
  );
  return text.replace(PLACE, (_whole, begin, finish) => `${begin}\n${sections.join('\n')}\n${finish}`);
}

function sentence(words, end) {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}${/[.。]$/.test(words) ? '' : end}`;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  readArgs(
    'usage: node scripts/make-field-guide.mjs\n\nWrites the last part of both field guides in docs/ from agent/errors.ts, after `npm run build`.\n',
  );
  const { ERRORS } = await import('../dist/agent/errors.js');
  for (const guide of GUIDES) {
    const path = fileURLToPath(new URL(`../docs/${guide.file}`, import.meta.url));
    writeFileSync(path, fieldGuide(readFileSync(path, 'utf8'), ERRORS, guide));
  }
}
