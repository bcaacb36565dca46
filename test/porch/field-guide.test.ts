import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CHECKS } from '../../agent/doctor/examination.ts';
import { ERRORS } from '../../agent/errors.ts';

const docs = new URL('../../docs/', import.meta.url);

interface Guide {
  readonly file: string;
}

describe('the field guide', async () => {
  const script = new URL('../../scripts/make-field-guide.mjs', import.meta.url).href;
  const { GUIDES, fieldGuide } = (await import(script)) as {
    GUIDES: readonly Guide[];
    fieldGuide: (text: string, errors: object, guide: Guide) => string;
  };

  it.each(GUIDES)('$file is up to date (npm run build && node scripts/make-field-guide.mjs)', (guide) => {
    const text = readFileSync(new URL(guide.file, docs), 'utf8');
    expect(fieldGuide(text, ERRORS, guide)).toBe(text);
  });

  it.each(GUIDES)(
    '$file has one anchor for every code of the error table and of doctor, and none for others',
    ({ file }) => {
      const text = readFileSync(new URL(file, docs), 'utf8');
      const anchors = [...text.matchAll(/^### ([A-Z][A-Z0-9_]+)$/gm)].map(([, code]) => code);
      const codes = [...CHECKS.map(({ code }) => code), ...Object.keys(ERRORS)];
      expect(new Set(anchors)).toEqual(new Set(codes));
      expect(anchors.length).toBe(codes.length);
      expect(new Set(codes).size).toBe(codes.length);
    },
  );

  it.each(GUIDES)('$file leads nowhere that is not there', ({ file }) => {
    const text = readFileSync(new URL(file, docs), 'utf8');
    const anchors = new Set(
      [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) => title.toLowerCase().replaceAll(' ', '-')),
    );
    for (const [, target = ''] of text.matchAll(/\]\(([^)]+)\)/g)) {
      if (target.startsWith('#')) expect(anchors, target).toContain(target.slice(1));
      else expect(existsSync(new URL(target, docs)), target).toBe(true);
    }
  });
});
