import { register } from 'node:module';
import process from 'node:process';
import { TEETH } from './teeth.ts';

// Loaded before a built program (`node --import`): changes one place of what was compiled, for a row whose test starts the
// program as a process of its own.

const tooth = TEETH[process.env['TILLWIRE_WITHOUT'] ?? ''];
if (tooth?.isSpawned)
  register('../torture/source-change.js', {
    parentURL: import.meta.url,
    data: { ...tooth, file: tooth.file.replace(/\.ts$/, '.js') },
  });
