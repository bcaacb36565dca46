import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from './scratch.ts';

const read = (file: string) => readFileSync(join(root, file), 'utf8');

/** Fenced blocks, with what stands behind the fence. */
const codeBlocks = (text: string) => text.match(/^```[^]*?^```$/gm) ?? [];
const headingLevels = (text: string) =>
  [...text.replaceAll(/^```[^]*?^```$/gm, '').matchAll(/^(#+) /gm)].map((match) => match[1]);
const inlineCode = (text: string) =>
  [...text.replaceAll(/^```[^]*?^```$/gm, '').matchAll(/`([^`\n]+)`/g)].map((match) => match[1]);
const targets = (text: string) => [...text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].map((match) => match[1] ?? '');

describe('README.md and README.zh-CN.md', () => {
  const english = read('README.md');
  const chinese = read('README.zh-CN.md');

  it('have the same headings, commands, examples, links and pictures in the same order', () => {
    expect(headingLevels(chinese)).toEqual(headingLevels(english));
    expect(codeBlocks(chinese)).toEqual(codeBlocks(english));
    expect(inlineCode(chinese)).toEqual(inlineCode(english));
    expect(targets(chinese).slice(1)).toEqual(targets(english).slice(1));
  });

  it('name only scripts that exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = [...english.matchAll(/npm (?:run )?(start|test|[a-z]+:[a-z]+|vectors)\b/g)].map((match) => match[1]);
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining([...new Set(named)]));
  });
});

describe('links in the documents', () => {
  const pages = ['README.md', 'README.zh-CN.md', 'CONTRIBUTING.md', 'docs/architecture.md'];
  const decisions = readdirSync(join(root, 'docs/decisions')).map((name) => `docs/decisions/${name}`);

  it.each([...pages, ...decisions])('%s points at files that are there', (page) => {
    const absent = targets(read(page))
      .filter((target) => !target.includes('://'))
      .filter((target) => !existsSync(join(root, dirname(page), target)));
    expect(absent).toEqual([]);
  });
});

describe('places named in the documents', () => {
  it.each(['README.md', 'CONTRIBUTING.md', 'docs/architecture.md'])('%s names files and rooms that exist', (page) => {
    const places = inlineCode(read(page)).filter((code = '') =>
      /^(agent|simulator|protocols|test|scripts|docs)\/[\w./-]+$/.test(code),
    );
    expect(places.filter((place = '') => !existsSync(join(root, place)))).toEqual([]);
  });
});

describe('docs/decisions', () => {
  const names = readdirSync(join(root, 'docs/decisions')).filter((name) => /^\d{4}-/.test(name));

  it('are numbered without a gap, and the index names each with its title', () => {
    const rows = [...read('docs/decisions/README.md').matchAll(/^\| \[(\d{4})\]\(([^)]+)\) \| (.+) \|$/gm)];
    const titles = names.map((name, at) => {
      const number = String(at + 1).padStart(4, '0');
      const title = read(`docs/decisions/${name}`).match(/^# (\d+)\. (.+)$/m);
      expect(title?.[1]).toBe(String(at + 1));
      return [number, name, title?.[2]];
    });
    expect(rows.map((row) => row.slice(1, 4))).toEqual(titles);
  });

  it.each(names)('%s says context, decision, consequences and what would change it', (name) => {
    const headings = [...read(`docs/decisions/${name}`).matchAll(/^## (.+)$/gm)].map((match) => match[1]);
    expect(headings).toEqual(['Context', 'Decision', 'Consequences', 'What would change it']);
  });
});
