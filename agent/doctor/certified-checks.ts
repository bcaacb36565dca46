import { CHANNELS } from '../../protocols/paycode/paycode.ts';
import type { TerminalIdentity } from '../../protocols/terminal/certified/messages.ts';
import { distanceM } from '../../protocols/terminal/place.ts';
import { parseLocation } from '../../protocols/terminal/terminal-info.ts';
import type { Config } from '../config.ts';
import { CertifiedTerminal } from '../devices/certified-terminal.ts';
import { openDeviceLink } from '../devices/device-link.ts';
import { certifiedDialect } from '../enrolment/certified-room.ts';
import { wantsSecret } from '../enrolment/paying-terminal.ts';
import { parseAddress } from '../transport/address.ts';
import type { LinkProblem } from '../transport/link.ts';
import { type Check, check, type Finding, fail, NO_CONFIGURATION, NotRun, warn, well } from './check.ts';
import { within } from './device-looks.ts';
import { troubleOf } from './port-checks.ts';
import type { Site } from './site.ts';

// The device that vouches for payments: whether one is wanted, and whether it is the registered one, in its place.

type Registered = NonNullable<Config['registration']>;

const ANSWER_MS = 3_000;

const NOT_REGISTERED = new NotRun(
  { zh: '本机没有终端登记', en: 'this till has no registration' },
  { zh: '运行 tillwire provision 后再检查', en: 'run tillwire provision and look again' },
);
const THE_AGENT_HAS_IT = new NotRun(
  { zh: '由 tillwire agent 使用；异常会显示在收银台', en: 'the agent uses it; what it finds stands at the counter' },
  { zh: '停止 tillwire agent 后可单独检查', en: 'stop the agent to look at it alone' },
);

interface Look {
  readonly registration: Registered;
  readonly maxDistanceM: number;
  readonly identity?: TerminalIdentity;
  readonly problem?: LinkProblem;
}

export const certifiedTerminal: Check = check({
  code: 'CERTIFIED_TERMINAL',
  title: { zh: '认证终端', en: 'the certified terminal' },
  probe: async (site): Promise<Look | { readonly wanted: boolean } | NotRun> => {
    const { config, agent } = site.parts;
    if (!config) return NO_CONFIGURATION;
    const { registration, certified } = config;
    if (!registration) return NOT_REGISTERED;
    if (!certified) return { wanted: CHANNELS.some((channel) => wantsSecret(registration, channel)) };
    if (agent) return THE_AGENT_HAS_IT;
    return { registration, maxDistanceM: certified.maxDistanceM, ...(await lookAt(certified, site)) };
  },
  judge: (facts) => ('wanted' in facts ? judgeAbsent(facts.wanted) : judgeLook(facts)),
});

function judgeAbsent(wanted: boolean): Finding {
  if (!wanted) return well('没有渠道要求', 'no channel wants one');
  return warn(
    { zh: '没有配置认证终端：支付不带 secret_text', en: 'none is configured: payments go without secret_text' },
    {
      zh: '在配置中加 certified；或由收单机构登记为不要求',
      en: 'add certified to the configuration, or have the acquirer register that no channel wants it',
    },
  );
}

function judgeLook({ registration, maxDistanceM, identity, problem }: Look): Finding {
  if (!identity) {
    if (problem) return troubleOf(problem);
    return fail(
      { zh: '认证终端不应答', en: 'it does not answer' },
      { zh: '查线和电源；配置的波特率和命令是否正确', en: 'cable, power, baudRate and dialect of certified' },
    );
  }
  const { serial, mark, location } = identity;
  const { serialNum } = registration;
  if (mark === 'Over') return fail(REPLACED.cause, REPLACED.remedy);
  if (serialNum !== undefined && serial !== serialNum)
    return fail(
      { zh: `序列号 ${serial} 与登记的 ${serialNum} 不符`, en: `its serial is ${serial}, registered is ${serialNum}` },
      REGISTER_AGAIN,
    );
  if (mark !== 'Work')
    return fail(
      { zh: `还没有下载密钥（${mark}）`, en: `its key was never downloaded (${mark})` },
      { zh: '请收单机构激活该终端', en: 'have the acquirer activate it' },
    );
  const away = metresAway(location, registration.location);
  if (away > maxDistanceM)
    return fail(
      {
        zh: `距登记地点 ${Math.round(away)} 米`,
        en: `it measures itself ${Math.round(away)} m from its registered place`,
      },
      REGISTER_AGAIN,
    );
  return well(`${serial}，与登记一致`, `${serial}, as registered`);
}

const REPLACED = {
  cause: { zh: '终端报告已自毁（防拆）', en: 'it says that it has destroyed itself' },
  remedy: { zh: '更换终端并重新登记', en: 'replace it and register the new one' },
};
const REGISTER_AGAIN = {
  zh: '放回登记的终端和地点，或重新登记后运行 tillwire provision',
  en: 'put the registered one back in its place, or register again and run tillwire provision',
};

function metresAway(measured = '', registered = ''): number {
  const [from, to] = [parseLocation(measured), parseLocation(registered)];
  return from && to ? distanceM(from, to) : 0;
}

async function lookAt(
  certified: NonNullable<Config['certified']>,
  { parts: { clock } }: Site,
): Promise<Pick<Look, 'identity' | 'problem'>> {
  let problem: LinkProblem | undefined;
  let said = (_identity: TerminalIdentity) => {};
  const answered = new Promise<TerminalIdentity>((resolve) => {
    said = resolve;
  });
  const { path, baudRate, answerMs } = certified;
  const address = parseAddress(path) ?? { kind: 'serial', path };
  const device = new CertifiedTerminal({
    dialect: certifiedDialect(certified),
    answerMs,
    clock,
    events: {
      onIdentity: (identity) => said(identity),
      onDown: (trouble) => {
        problem = trouble;
      },
    },
    open: (listener) => openDeviceLink(address, { path, baudRate }, listener, { clock, random: () => 0.5 }),
  });
  try {
    const identity = await within(clock, ANSWER_MS, answered);
    return { ...(identity && { identity }), ...(problem && { problem }) };
  } finally {
    await device.close();
  }
}
