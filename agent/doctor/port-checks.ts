import type { Device } from '../../protocols/backend/topics.ts';
import { deviceOf, placeOf } from '../devices/discovery/place-of.ts';
import { ERRORS } from '../errors.ts';
import type { LinkProblem } from '../transport/link.ts';
import { type Check, check, type Finding, fail, NO_CONFIGURATION, NOT_LINUX, NotRun, warn, well } from './check.ts';
import { readText } from './machine-checks.ts';
import { holderAt, openersOf } from './port-facts.ts';
import type { Site } from './site.ts';

// Where the devices are, and who else has them. Nothing is opened here.

export const NO_PRINTER = new NotRun(
  { zh: '没有配置打印机', en: 'no printer is configured' },
  { zh: '需要打印时在配置中加入 printer', en: 'add printer to the configuration if slips are wanted' },
);

export const NO_TERMINAL = new NotRun(
  { zh: '没有配置刷卡终端', en: 'no card terminal is configured' },
  { zh: '需要刷卡时在配置中加入 terminal', en: 'add terminal to the configuration if cards are wanted' },
);

/** The finding of a link that does not come up, in the words of the error table. */
export function troubleOf({ code, detail }: Pick<LinkProblem, 'code' | 'detail'>): Finding {
  const { cause, remedy } = ERRORS[code];
  return fail({ zh: `${cause.zh}：${detail}`, en: `${cause.en}: ${detail}` }, remedy);
}

function portCheck(dev: Device, code: string, zh: string, en: string): Check {
  return check({
    code,
    title: { zh, en },
    probe: async (site) => {
      if (!site.parts.config) return NO_CONFIGURATION;
      const path = site.paths.find((one) => one.dev === dev)?.path;
      if (path === undefined) return dev === 'terminal' ? NO_TERMINAL : NO_PRINTER;
      const place = await placeOf(await site.devices(), path);
      const holder = place.kind === 'node' ? await holderAt(place.path) : undefined;
      return { place, holder, own: site.parts.agent?.pid };
    },
    judge: ({ place, holder, own }) => {
      if (place.kind === 'missing') return troubleOf(place.problem);
      if (holder && holder.pid !== own)
        return troubleOf({ code: 'PORT_BUSY', detail: `held by process ${holder.pid} (${holder.command})` });
      const by = holder ? ` (tillwire, ${holder.pid})` : '';
      return well(`${place.path}${by}`, `${place.path}${by}`);
    },
  });
}

export const scannerPort = portCheck('scanner', 'SCANNER_PORT', '扫码枪端口', 'port of the gun');
export const terminalPort = portCheck('terminal', 'TERMINAL_PORT', '刷卡终端端口', 'port of the card terminal');
export const printerPort = portCheck('printer', 'PRINTER_PORT', '打印机端口', 'port of the printer');

/** A number of the kernel's, which is another device's after a restart. */
const NUMBERED = /^\/dev\/(tty(USB|ACM)\d+|hidraw\d+|input\/event\d+|usb\/lp\d+)$/;

export const portById: Check = check({
  code: 'PORT_BY_ID',
  title: { zh: '端口名是否固定', en: 'names that stay' },
  probe: async (site) => {
    if (!site.parts.config) return NO_CONFIGURATION;
    const numbered = site.paths.filter(({ path }) => NUMBERED.test(path.replace(/^(hid|keyboard|usblp):/, '')));
    return Promise.all(numbered.map(async ({ path }) => ({ path, stable: await stableName(site, path) })));
  },
  judge: (numbered) => {
    if (numbered.length === 0) return well('重启后仍指向同一设备', 'they mean the same device after a restart');
    const names = numbered.map(({ path }) => path).join('、');
    const better = numbered.map(({ path, stable }) => stable ?? path).join(', ');
    return warn(
      {
        zh: `${names} 重启后可能变成另一个设备`,
        en: `${names.replaceAll('、', ', ')} may be another device after a restart`,
      },
      {
        zh: `在配置中改用 ${better}，或 tillwire devices 给出的 usb: 地址`,
        en: `use ${better}, or the usb: address that tillwire devices gives, in the configuration`,
      },
    );
  },
});

async function stableName(site: Site, path: string): Promise<string | undefined> {
  const device = await deviceOf(await site.devices(), path);
  return device?.nodes.find(({ stable }) => stable !== undefined)?.stable;
}

export const portLock: Check = check({
  code: 'PORT_LOCK',
  title: { zh: '端口是否独占', en: 'nobody else has the port open' },
  probe: async (site) => {
    const { config, account, roots, agent } = site.parts;
    if (!config) return NO_CONFIGURATION;
    if (!account) return NOT_LINUX;
    const devices = await site.devices();
    const places = await Promise.all(site.paths.map(({ path }) => placeOf(devices, path)));
    const nodes = places.flatMap((place) => (place.kind === 'node' ? [place.path] : []));
    const strangers = await Promise.all(
      nodes.map(async (path) => {
        const pids = (await openersOf(path, roots.proc)).filter((pid) => pid !== agent?.pid && pid !== process.pid);
        return Promise.all(
          pids.map(async (pid) => ({ path, pid, command: (await readText(`${roots.proc}/${pid}/comm`)).trim() })),
        );
      }),
    );
    return strangers.flat();
  },
  judge: (strangers) => {
    if (strangers.length === 0) return well('没有其他程序打开', 'no other program does');
    const who = strangers.map(({ path, pid, command }) => `${path}: ${command} (${pid})`).join(', ');
    return fail(
      { zh: `其他程序正在读取：${who}`, en: `another program reads along: ${who}` },
      { zh: '关闭该程序：它会抢走一部分扫码数据', en: 'close it: it takes a part of what the gun sends' },
    );
  },
});

export const scannerSerial: Check = check({
  code: 'SCANNER_SERIAL',
  title: { zh: '扫码枪序列号', en: 'serial number of the gun' },
  probe: async (site) => {
    const { config } = site.parts;
    if (!config) return NO_CONFIGURATION;
    const device = await deviceOf(await site.devices(), config.scanner.path);
    if (!device) return NO_USB;
    const { vendorId, productId, serialNumber = '' } = device;
    const twins = (await site.devices()).filter(
      (other) => other.vendorId === vendorId && other.productId === productId,
    ).length;
    return { serialNumber, twins, named: serialNumber !== '' && config.scanner.path.includes(serialNumber) };
  },
  judge: ({ serialNumber, twins, named }) => {
    if (serialNumber !== '')
      return well(
        named ? `${serialNumber}（已写入配置）` : serialNumber,
        named ? `${serialNumber}, as configured` : serialNumber,
      );
    if (twins < 2) return well('没有序列号，但同型号只有一台', 'it has none; it is the only one of its model');
    return warn(
      { zh: `有 ${twins} 台同型号扫码枪，都没有序列号`, en: `${twins} guns of this model, none has a serial number` },
      { zh: '在配置中用 @插口 指明，见 tillwire devices', en: 'name the socket with @, as tillwire devices shows it' },
    );
  },
});

const NO_USB = new NotRun(
  { zh: '不是 USB 设备，读不到序列号', en: 'no USB device: it says no serial number' },
  { zh: '无需处理', en: 'nothing to do' },
);
