import { fileURLToPath } from 'node:url';
import { runRehearsal } from '../simulator/commands/rehearse.ts';

const program = (name: string) => fileURLToPath(new URL(name, import.meta.url));

process.exitCode = await runRehearsal(process.argv.slice(2), {
  agent: program('tillwire.js'),
  shop: program('tillwire-sim.js'),
});
