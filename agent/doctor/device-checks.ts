import type { Config } from '../config.ts';
import { hindranceOf, type PrinterStatus } from '../devices/printer-status.ts';
import { ERRORS } from '../errors.ts';
import { type Check, check, type Finding, fail, NO_CONFIGURATION, NotRun, warn, well } from './check.ts';
import { type GunLook, lookAtGun, lookAtPrinter } from './device-looks.ts';
import { NO_PRINTER, NO_TERMINAL, troubleOf } from './port-checks.ts';
import type { Site, ToldDevice } from './site.ts';

// Whether gun and printer answer. A running agent holds them and is asked; otherwise they are opened.

const NOT_TOLD: Finding = fail(
  { zh: 'tillwire 没有说明', en: 'the agent does not say' },
  { zh: '重新启动 tillwire 后再检查', en: 'start the agent again and look once more' },
);

/** The running agent's word about a device; `undefined`: no agent runs. */
function told({ parts: { agent } }: Site, dev: string): ToldDevice | 'nothing' | undefined {
  return agent && (agent.devices?.find((one) => one.device === dev) ?? 'nothing');
}

function judgeTold(device: ToldDevice | 'nothing'): Finding {
  if (device === 'nothing') return NOT_TOLD;
  if (device.state === 'online') return well('已连接（由 tillwire 使用）', 'connected, the agent uses it');
  return troubleByName(device.reason);
}

function troubleByName(code = 'PORT_LOST'): Finding {
  const row = code in ERRORS ? ERRORS[code as keyof typeof ERRORS] : ERRORS.PORT_LOST;
  return fail(row.cause, row.remedy);
}

const guns = new WeakMap<Site, Promise<GunLook>>();

/** Opened once for both questions. */
function gunOf(site: Site, { scanner }: Config): Promise<GunLook> {
  const known = guns.get(site) ?? lookAtGun(scanner, site.parts.clock, site.parts.scanWithinMs);
  guns.set(site, known);
  return known;
}

export const scannerHandshake: Check = check({
  code: 'SCANNER_HANDSHAKE',
  title: { zh: '扫码枪连接', en: 'the gun answers' },
  probe: async (site) => {
    const { config } = site.parts;
    if (!config) return NO_CONFIGURATION;
    const said = told(site, 'scanner');
    return said === undefined ? { look: await gunOf(site, config), language: config.scanner.language } : { said };
  },
  judge: (facts) => {
    if ('said' in facts) return judgeTold(facts.said);
    const { look, language } = facts;
    if (!look.up) return troubleOf(look.problem ?? { code: 'PORT_FAILED', detail: 'it did not open in time' });
    if (look.commandFailed !== undefined)
      return fail(
        {
          zh: `不理解 ${language} 命令：${look.commandFailed}`,
          en: `it does not understand ${language}: ${look.commandFailed}`,
        },
        ERRORS.SCANNER_COMMAND_FAILED.remedy,
      );
    if (look.answer === 'none')
      return fail(
        { zh: `没有以 ${language} 应答`, en: `it does not answer in ${language}` },
        ERRORS.SCANNER_COMMAND_FAILED.remedy,
      );
    if (look.answer === 'done') return well(`以 ${language} 应答`, `it answers in ${language}`);
    return well(
      '端口可以打开（此模式没有应答）',
      `the port opens (in ${language} mode it is asked nothing that it would answer)`,
    );
  },
});

const NOBODY = new NotRun(
  { zh: '没有要求扫码', en: 'nobody was asked to scan' },
  { zh: '运行 tillwire doctor --scan，然后扫任意条码', en: 'run tillwire doctor --scan and scan any code' },
);
const AGENT_READS = new NotRun(
  { zh: 'tillwire 正在使用扫码枪', en: 'the agent uses the gun' },
  { zh: '运行 tillwire selftest，然后扫任意条码', en: 'run tillwire selftest and scan any code' },
);

export const scannerRead: Check = check({
  code: 'SCANNER_READ',
  title: { zh: '扫码测试', en: 'a scan arrives' },
  probe: (site) => {
    const { config, scanWithinMs, agent } = site.parts;
    if (!config) return NO_CONFIGURATION;
    if (agent) return AGENT_READS;
    return scanWithinMs > 0 ? gunOf(site, config) : NOBODY;
  },
  judge: ({ scan, up }) => {
    if (scan) return well(`收到 ${scan.length} 个字符`, `${scan.length} characters came`);
    return fail(
      { zh: up ? '没有收到任何条码' : '扫码枪未连接', en: up ? 'nothing came' : 'the gun is not connected' },
      {
        zh: '检查扫码枪的模式（USB 串口或 HID POS）和波特率，见现场手册',
        en: "check the gun's mode (USB serial or HID POS) and baud rate; see the field guide",
      },
    );
  },
});

export const printerStatus: Check = check({
  code: 'PRINTER_STATUS',
  title: { zh: '打印机状态', en: 'status of the printer' },
  probe: async (site) => {
    const { config, clock } = site.parts;
    if (!config) return NO_CONFIGURATION;
    if (!config.printer) return NO_PRINTER;
    const said = told(site, 'printer');
    return said === undefined ? { look: await lookAtPrinter(config.printer, clock) } : { said };
  },
  judge: (facts) => {
    if ('said' in facts) return judgeTold(facts.said);
    const { problem, status } = facts.look;
    if (status) return judgeStatus(status);
    return problem ? troubleOf(problem) : fail(ERRORS.PRINTER_SILENT.cause, ERRORS.PRINTER_SILENT.remedy);
  },
});

export const terminalAnswers: Check = check({
  code: 'TERMINAL_ANSWERS',
  title: { zh: '刷卡终端连接', en: 'the card terminal answers' },
  probe: (site) => {
    const { config } = site.parts;
    if (!config) return NO_CONFIGURATION;
    if (!config.terminal) return NO_TERMINAL;
    return told(site, 'terminal') ?? ONLY_THE_AGENT;
  },
  judge: judgeTold,
});

const ONLY_THE_AGENT = new NotRun(
  {
    zh: '刷卡终端只由 tillwire agent 询问（可能有未完成的交易）',
    en: 'only the agent speaks to it: a payment may be open there',
  },
  { zh: '启动 tillwire agent 后再检查', en: 'start tillwire agent and look again' },
);

function judgeStatus(status: PrinterStatus): Finding {
  const hindrance = hindranceOf(status);
  if (hindrance) return fail(ERRORS[hindrance].cause, ERRORS[hindrance].remedy);
  if (status.paper === 'near-end') return warn(ERRORS.PRINTER_PAPER_LOW.cause, ERRORS.PRINTER_PAPER_LOW.remedy);
  return well('就绪，有纸', 'ready, with paper');
}
