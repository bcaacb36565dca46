import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { locate } from '../../components.ts';
import { eventually } from '../../e2e/agent-process.ts';
import { needs } from '../../needs.ts';
import { freePort } from '../../page/counter.ts';
import { FleetProcess } from './fleet-process.ts';

const LONG_MS = 180_000;

describe('two hundred tills in one process', () => {
  it(
    'answers are lost: each is asked after, all ends are known, nobody is charged twice',
    async () => {
      const fleet = new FleetProcess(
        '--tills',
        '200',
        '--backend',
        '--seconds',
        '10',
        '--pace',
        '20',
        '--lost',
        '3',
        '--compare',
      );
      const { code, result } = await fleet.end();
      expect(code, fleet.stderr).toBe(0);
      expect(result).toMatchObject({ unknown: 0, reversed: 0, declined: 0, problems: [] });
      expect(result.paid).toBeGreaterThan(300);
      expect(result.unclear).toBeGreaterThan(0);
      expect(result.ledger).toMatchObject({ charges: result.begun, reversals: 0, chargedTwice: 0, unreadable: 0 });
      expect(result.memory.ratio).toBeLessThan(1.5);
    },
    LONG_MS,
  );

  it(
    'Ctrl-C while they sell: over within seconds, with a result that says so',
    async () => {
      const fleet = new FleetProcess('--tills', '200', '--backend', '--seconds', '600', '--pace', '20');
      await eventually('they sell', () => /selling: 200\/200 online, [1-9]/.test(fleet.stderr), 60_000);
      const began = performance.now();
      fleet.interrupt();
      const { code, result } = await fleet.end();
      expect(performance.now() - began).toBeLessThan(15_000);
      expect(code, fleet.stderr).toBe(0);
      expect(result).toMatchObject({ interrupted: true, problems: [] });
      expect(result.ledger?.charges).toBeGreaterThanOrEqual(result.paid);
      expect(result.ledger?.charges).toBeLessThanOrEqual(result.paid + result.unknown);
    },
    LONG_MS,
  );
});

needs('mosquitto')('the broker is restarted under a fleet', () => {
  it(
    'all come back, what was on its way is asked after, nobody is charged twice',
    async () => {
      const port = await freePort();
      const folder = mkdtempSync(join(tmpdir(), 'tillwire-fleet-'));
      onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
      const conf = join(folder, 'mosquitto.conf');
      writeFileSync(
        conf,
        `listener ${port} 127.0.0.1\nallow_anonymous true\nset_tcp_nodelay true\npersistence false\n`,
      );
      const start = () => spawn(locate('mosquitto') ?? 'mosquitto', ['-c', conf], { stdio: 'ignore' });
      const kill = async (broker: ChildProcess) => {
        const gone = once(broker, 'exit');
        broker.kill('SIGKILL');
        await gone;
      };
      let broker = start();
      onTestFinished(() => kill(broker));
      // the backend reaches it at once or not at all: a moment for the listener
      const url = `mqtt://127.0.0.1:${port}`;
      const fleet = new FleetProcess('--tills', '100', '--backend', '--broker', url, '--seconds', '30', '--pace', '20');
      await eventually('they sell', () => /selling: 100\/100 online, [1-9]/.test(fleet.stderr), 60_000);
      await kill(broker);
      broker = start();
      const { code, result } = await fleet.end();
      expect(code, fleet.stderr).toBe(0);
      expect(result.reconnects).toBeGreaterThanOrEqual(100);
      expect(result).toMatchObject({ unknown: 0, problems: [] });
      expect(result.ledger).toMatchObject({ chargedTwice: 0 });
    },
    LONG_MS,
  );
});
