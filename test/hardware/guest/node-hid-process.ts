import fs from 'node:fs';
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { HIDAsync } from 'node-hid';
import { type Sample, sample } from '../../agent/plug-cycles.ts';
import { posReport } from './pos-report.ts';
import { UHID_PRODUCT, UhidGun } from './uhid-gun.ts';

// node-hid alone, with nothing of ours above it: what do an open and a close leave behind? `closed`: the gun stays and is
// opened and closed again. `pulled`: each time it is pulled while it is read.

const [, , way = 'closed', times = '30'] = process.argv;
const REPORT = Buffer.from(posReport('130012345678901234'), 'hex');
const LOOK_MS = 2;

/** The kernel makes the node a moment after the device. */
async function nodeOf(serialNumber: string): Promise<string> {
  for (;;) {
    const name = fs.readdirSync('/sys/class/hidraw').find((one) => isOurs(one, serialNumber));
    if (name !== undefined && fs.existsSync(`/dev/${name}`)) return `/dev/${name}`;
    await pause(LOOK_MS);
  }
}

function isOurs(name: string, serialNumber: string): boolean {
  try {
    const about = fs.readFileSync(`/sys/class/hidraw/${name}/device/uevent`, 'latin1');
    return about.includes(UHID_PRODUCT.toString(16)) && about.includes(`HID_UNIQ=${serialNumber}\n`);
  } catch {
    return false; // it has just gone
  }
}

/** Open, one report, pulled or not, closed. */
async function use(gun: UhidGun, serialNumber: string): Promise<void> {
  const device = await HIDAsync.open(await nodeOf(serialNumber));
  const heard = new Promise((done) => device.on('data', done));
  const gone = new Promise((done) => device.on('error', done));
  gun.say(REPORT);
  await heard;
  if (way === 'pulled') gun.pull();
  if (way === 'pulled') await gone;
  await device.close();
}

const samples: Sample[] = [];
const total = Number(times);
let gun = new UhidGun('UH0');
for (let n = 1; n <= total; n++) {
  await use(gun, way === 'pulled' ? `UH${n - 1}` : 'UH0');
  if (way === 'pulled') gun = new UhidGun(`UH${n}`);
  if (n % Math.ceil(total / 50) === 0) samples.push(sample(n));
}
gun.pull();
process.send?.({ samples, took: {} });
process.disconnect?.();
