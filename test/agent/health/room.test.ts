import { describe, expect, it } from 'vitest';
import { GunHealth } from '../../../agent/health/gun-health.ts';
import { Liveness } from '../../../agent/health/liveness.ts';
import { LONGEST_MS, LogDial, LogTail } from '../../../agent/log-dial.ts';
import { VirtualClock } from '../../../simulator/world/clock.ts';

describe('the window of a gun', () => {
  const pulls = (gun: GunHealth, count: number, everyNthFails: number) => {
    for (let n = 1; n <= count; n++) gun.pulled(n % everyNthFails !== 0);
  };

  it('[002-12] is dirty when every second pull reads nothing and it was not so before', () => {
    const gun = new GunHealth();
    pulls(gun, 100, 10);
    expect(gun.isDirty).toBe(false);
    pulls(gun, 40, 2);
    expect(gun.isDirty).toBe(true);
  });

  it('is clean again when it reads as before', () => {
    const gun = new GunHealth();
    pulls(gun, 100, 10);
    pulls(gun, 40, 2);
    pulls(gun, 40, 20);
    expect(gun.isDirty).toBe(false);
  });

  it('is not dirty in the hands of somebody who always misses, nor after three pulls', () => {
    const clumsy = new GunHealth();
    pulls(clumsy, 300, 2);
    expect(clumsy.isDirty).toBe(false);
    const fresh = new GunHealth();
    pulls(fresh, 3, 1);
    expect(fresh.isDirty).toBe(false);
  });

  it('is judged at each pull, also at one that reads: its thirty last ones against the 120 before them', () => {
    const missed = (pulls: readonly boolean[]) => pulls.filter((read) => !read).length / pulls.length;
    let seed = 5;
    // Park and Miller: the same pulls every time
    const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
    let seen = 0;
    for (let run = 0; run < 40; run++) {
      const gun = new GunHealth();
      const all: boolean[] = [];
      let isDirty = false;
      for (let n = 0, rate = 0.2; n < 1_500; n++) {
        if (n % 100 === 0) rate = random() / 2;
        all.push(random() >= rate);
        gun.pulled(all[n] === true);
        const [lately, before] = [all.slice(-30), all.slice(-150, -30)];
        if (lately.length < 30) continue;
        const now = missed(lately);
        isDirty = isDirty ? now > 1 / 6 : now >= 1 / 3 && before.length >= 30 && now >= 2 * missed(before);
        if (isDirty) seen += 1;
        expect(gun.isDirty, `run ${run}, pull ${n}`).toBe(isDirty);
      }
    }
    expect(seen).toBeGreaterThan(1_000);
  });

  it('[002-15] of another gun is another window', () => {
    const gun = new GunHealth();
    pulls(gun, 100, 10);
    pulls(gun, 40, 2);
    gun.reset();
    expect(gun.isDirty).toBe(false);
  });
});

describe('alive', () => {
  it('is a till whose loop turns and whose journal answers', async () => {
    const clock = new VirtualClock(0);
    const life = new Liveness(clock, () => Promise.resolve());
    for (let second = 0; second < 60; second++) {
      clock.advance(1_000);
      await Promise.resolve();
    }
    expect(life.pulse).toMatchObject({ ok: true, lagMs: 0 });
    life.stop();
  });

  it('[003-16] is not one whose disk answers nothing for ten seconds', () => {
    const clock = new VirtualClock(0);
    const life = new Liveness(clock, () => new Promise(() => undefined));
    clock.advance(9_000);
    expect(life.pulse.ok).toBe(true);
    clock.advance(3_000);
    expect(life.pulse.ok).toBe(false);
    life.stop();
  });
});

describe('the log', () => {
  it('falls back by itself, an hour later at the latest', () => {
    const clock = new VirtualClock(0);
    const log = { level: 'info' };
    const dial = new LogDial(log, 'info', clock);
    dial.set('debug', 10 * LONGEST_MS);
    expect([log.level, dial.state.fallsBackInMs]).toEqual(['debug', LONGEST_MS]);
    clock.advance(LONGEST_MS - 1);
    expect(log.level).toBe('debug');
    clock.advance(1);
    expect([log.level, dial.state]).toEqual(['info', { level: 'info', usual: 'info' }]);
  });

  it('a second wish counts from its own beginning', () => {
    const clock = new VirtualClock(0);
    const log = { level: 'info' };
    const dial = new LogDial(log, 'info', clock);
    dial.set('debug', 1_000);
    clock.advance(900);
    dial.set('debug', 1_000);
    clock.advance(900);
    expect(log.level).toBe('debug');
  });

  it('keeps its last lines, and not more', () => {
    const written: string[] = [];
    const tail = new LogTail({ write: (line: string) => void written.push(line) });
    for (let n = 0; n < 5_000; n++) tail.write(`line ${n}\n`);
    expect(written.length).toBe(5_000);
    expect(tail.text.split('\n').length).toBe(2_001);
    expect(tail.text.endsWith('line 4999\n')).toBe(true);
  });
});
