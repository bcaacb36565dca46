import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findingsOf } from '../devices/discovery/findings.ts';
import { findHid } from '../transport/hid.ts';
import { type Check, check, fail, NO_CONFIGURATION, NOT_LINUX, NotRun, warn, well } from './check.ts';
import type { Site } from './site.ts';

// The machine itself: program, account, rules and services of the operating system.

/** The oldest that is tried (package.json, engines). */
const OLDEST_NODE = [20, 19] as const;

export const nodeVersion: Check = check({
  code: 'NODE_VERSION',
  title: { zh: 'Node 版本', en: 'Node version' },
  probe: ({ parts }) => parts.node,
  judge: (version) => {
    const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
    const good = major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]);
    if (good) return well(`Node ${version}`, `Node ${version}`);
    return fail(
      { zh: `Node ${version} 太旧`, en: `Node ${version} is too old` },
      { zh: `安装 Node ${OLDEST_NODE.join('.')} 或更新版本`, en: `install Node ${OLDEST_NODE.join('.')} or newer` },
    );
  },
});

/** The groups whose members may open what a till is made of (Debian). */
const GROUPS = { serial: 'dialout', hid: 'plugdev', input: 'input', printer: 'lp' } as const;

export const userGroups: Check = check({
  code: 'USER_GROUPS',
  title: { zh: '用户组权限', en: 'groups of the user' },
  probe: async (site) => {
    const { account, roots } = site.parts;
    if (!account) return NOT_LINUX;
    const names = groupNames(await readText(join(roots.etc, 'group')), account.gids);
    const kinds = (await site.devices()).flatMap(({ nodes }) => nodes.map(({ kind }) => kind));
    const wanted = [...new Set([GROUPS.serial, ...kinds.map((kind) => GROUPS[kind])])];
    return { isRoot: account.uid === 0, names, missing: wanted.filter((group) => !names.includes(group)) };
  },
  judge: ({ isRoot, names, missing }) => {
    if (isRoot)
      return well(
        '以 root 运行：全部允许（日常运行请用专门的用户）',
        'root may open everything (the agent itself needs no root)',
      );
    if (missing.length === 0) return well(`属于 ${names.join('、')}`, `in ${names.join(', ')}`);
    return fail(
      { zh: `用户不在组 ${missing.join('、')} 中`, en: `the user is not in ${missing.join(', ')}` },
      {
        zh: `运行 sudo usermod -aG ${missing.join(',')} 用户名，然后重新登录`,
        en: `run sudo usermod -aG ${missing.join(',')} USER, then log in again`,
      },
    );
  },
});

function groupNames(text: string, gids: readonly number[]): string[] {
  return text.split('\n').flatMap((line) => {
    const [name = '', , gid] = line.split(':');
    return name !== '' && gids.includes(Number(gid)) ? [name] : [];
  });
}

export const udevRule: Check = check({
  code: 'UDEV_RULE',
  title: { zh: 'udev 规则', en: 'udev rule' },
  probe: async (site) => {
    const { roots, account } = site.parts;
    if (!account) return NOT_LINUX;
    const rules = await rulesOf(site);
    const devices = await site.devices();
    const needing = devices.filter(({ nodes }) => nodes.some(({ kind }) => kind === 'hid' || kind === 'input'));
    const guns = findingsOf(needing, 'linux').filter(({ kind }) => kind === 'scanner');
    const denied = guns.find(({ usable }) => usable === 'denied');
    const named =
      rules.some((text) => /tillwire/i.test(text)) ||
      guns.some(({ vendorId }) => vendorId !== undefined && rules.some((text) => text.includes(vendorId)));
    return { folder: join(roots.etc, 'udev', 'rules.d'), guns: guns.length, denied, named, isRoot: account.uid === 0 };
  },
  judge: ({ folder, guns, denied, named, isRoot }) => {
    if (denied) return fail({ zh: `没有权限打开 ${denied.id}`, en: `no permission for ${denied.id}` }, denied.advice);
    if (guns === 0) return well('没有需要规则的设备', 'no device here needs one');
    if (named || isRoot) return well('HID 扫码枪可以打开', 'the HID gun may be opened');
    return warn(
      { zh: 'HID 扫码枪没有专用的 udev 规则', en: 'there is no udev rule for the HID gun' },
      {
        zh: `在 ${folder}/60-tillwire.rules 中加入 tillwire devices 给出的规则，然后重新插拔`,
        en: `put the rule that tillwire devices prints into ${folder}/60-tillwire.rules and plug it in again`,
      },
    );
  },
});

/** The texts of all udev rules. */
async function rulesOf({ parts: { roots } }: Site): Promise<string[]> {
  const folders = [join(roots.etc, 'udev', 'rules.d'), join(roots.lib, 'udev', 'rules.d')];
  const files = await Promise.all(
    folders.map(async (folder) =>
      (await readdir(folder).catch(() => []))
        .filter((name) => name.endsWith('.rules'))
        .map((name) => join(folder, name)),
    ),
  );
  return Promise.all(files.flat().map(readText));
}

/** Programs that take serial ports without being asked. */
const GRABBERS = ['ModemManager', 'brltty'] as const;

export const modemManager: Check = check({
  code: 'MODEM_MANAGER',
  title: { zh: '抢占串口的程序', en: 'programs that grab serial ports' },
  probe: async (site) => {
    if (!site.parts.account) return NOT_LINUX;
    const running = await processNames(site.parts.roots.proc);
    const serial = (await site.devices()).some(
      ({ bus, nodes }) => bus === 'usb' && nodes.some(({ kind }) => kind === 'serial'),
    );
    const excluded = (await rulesOf(site)).some((text) => text.includes('ID_MM_DEVICE_IGNORE'));
    return { grabbers: GRABBERS.filter((name) => running.includes(name)), serial, excluded };
  },
  judge: ({ grabbers, serial, excluded }) => {
    const names = grabbers.filter((name) => name !== 'ModemManager' || !excluded);
    if (names.length === 0) return well('没有', 'none runs');
    const cause = { zh: `${names.join('、')} 正在运行`, en: `${names.join(' and ')} runs here` };
    const remedy = {
      zh: `卸载它（sudo apt remove ${names.join(' ').toLowerCase()}），或用 udev 规则 ENV{ID_MM_DEVICE_IGNORE}="1" 排除收银设备`,
      en: `remove it (sudo apt remove ${names.join(' ').toLowerCase()}), or exclude the till's devices with the udev rule ENV{ID_MM_DEVICE_IGNORE}="1"`,
    };
    return serial ? fail(cause, remedy) : warn(cause, remedy);
  },
});

async function processNames(proc: string): Promise<string[]> {
  const pids = (await readdir(proc).catch(() => [])).filter((name) => /^\d+$/.test(name));
  return Promise.all(pids.map(async (pid) => (await readText(join(proc, pid, 'comm'))).trim()));
}

export const usbAutosuspend: Check = check({
  code: 'USB_AUTOSUSPEND',
  title: { zh: 'USB 自动休眠', en: 'USB autosuspend' },
  probe: async (site) => {
    if (!site.parts.account) return NOT_LINUX;
    const ours = findingsOf(await site.devices(), 'linux').filter(
      ({ kind }) => kind !== 'other' && kind !== 'keyboard',
    );
    const power = await Promise.all(
      ours.map(async ({ id, port }) => ({ id, isAuto: port !== undefined && (await suspends(site, port)) })),
    );
    return power.filter(({ isAuto }) => isAuto).map(({ id }) => id);
  },
  judge: (sleepers) => {
    if (sleepers.length === 0) return well('收银设备不会休眠', 'no device of the till is put to sleep');
    return warn(
      {
        zh: `${sleepers.join('、')} 会自动休眠，第一次扫码可能丢失`,
        en: `${sleepers.join(', ')} may be put to sleep: the first scan can get lost`,
      },
      {
        zh: '在 udev 规则中加入 ATTR{power/control}="on"，或内核参数 usbcore.autosuspend=-1',
        en: 'add ATTR{power/control}="on" to the udev rule, or the kernel parameter usbcore.autosuspend=-1',
      },
    );
  },
});

async function suspends({ parts: { roots } }: Site, port: string): Promise<boolean> {
  const power = join(roots.sys, 'bus', 'usb', 'devices', port, 'power');
  const [control, delay] = await Promise.all([
    readText(join(power, 'control')),
    readText(join(power, 'autosuspend_delay_ms')),
  ]);
  return control.trim() === 'auto' && !delay.trim().startsWith('-');
}

/** Bytes; a soft limit above it lets the kernel write the memory of a crashed agent to disk, paycodes and all. */
export const coreDumps: Check = check({
  code: 'CORE_DUMPS',
  title: { zh: '崩溃转储', en: 'core dumps' },
  probe: async ({ parts: { roots, agent, account } }) => {
    if (!account) return NOT_LINUX;
    const limits = await readText(join(roots.proc, agent ? String(agent.pid) : 'self', 'limits'));
    const soft = /^Max core file size\s+(\S+)/m.exec(limits)?.[1];
    return (
      soft ??
      new NotRun(
        { zh: '读不到进程限制', en: 'the limits of the process cannot be read' },
        { zh: '以同一用户运行 doctor', en: 'run doctor as the same user' },
      )
    );
  },
  judge: (soft) => {
    if (soft === '0') return well('已关闭', 'switched off');
    return warn(
      {
        zh: '崩溃时内存（可能含付款码）会写到磁盘',
        en: 'a crash would write the memory, perhaps with a paycode in it, to disk',
      },
      {
        zh: '在服务中设置 LimitCORE=0，或启动前运行 ulimit -c 0',
        en: 'set LimitCORE=0 in the service, or run ulimit -c 0 before the start',
      },
    );
  },
});

export const hidLibrary: Check = check({
  code: 'HID_LIBRARY',
  title: { zh: 'USB HID 支持', en: 'USB HID support' },
  probe: async ({ parts: { config } }) => ({
    found: await findHid(),
    needed: /^(hid|usb|auto|keyboard)\b/.test(config?.scanner.path ?? ''),
  }),
  judge: ({ found, needed }) => {
    if (found.available) return well('可用', 'available');
    const cause = { zh: `不可用：${found.detail}`, en: `not available: ${found.detail}` };
    const remedy = {
      zh: '安装 libusb-1.0-0 和 libudev1；串口扫码枪不受影响',
      en: 'install libusb-1.0-0 and libudev1; serial guns are not affected',
    };
    return needed ? fail(cause, remedy) : warn(cause, remedy);
  },
});

export const agentRunning: Check = check({
  code: 'AGENT_RUNNING',
  title: { zh: 'tillwire 运行状态', en: 'the agent' },
  probe: ({ parts: { agent, config } }) => (config ? { agent } : NO_CONFIGURATION),
  judge: ({ agent }) => {
    if (!agent) return well('没有运行：doctor 自己检查设备', 'it does not run: doctor looks at the devices itself');
    if (agent.devices) return well(`正在运行（进程 ${agent.pid}）`, `runs (process ${agent.pid})`);
    return fail(
      {
        zh: `进程 ${agent.pid} 在运行，但本机接口没有应答`,
        en: `process ${agent.pid} runs, and its local API does not answer`,
      },
      { zh: '查看日志，然后重新启动 tillwire', en: 'look at its log, then start it again' },
    );
  },
});

/** A file's text; empty when it cannot be read: then it says nothing. */
export function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}
