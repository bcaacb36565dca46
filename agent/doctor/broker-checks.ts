import { randomBytes, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ulid } from '../../protocols/backend/ulid.ts';
import { type BrokerProbe, probeBroker } from '../backend/broker-probe.ts';
import { serversOf } from '../backend/servers.ts';
import { type Config, ConfigError } from '../config.ts';
import { ERRORS } from '../errors.ts';
import { dial, lookAtTls, lookUp } from './broker-look.ts';
import { type Check, check, type Finding, fail, NO_CONFIGURATION, NotRun, warn, well } from './check.ts';
import type { Site } from './site.ts';

// The way to the backend, one layer after the other: the first that is bad is where to begin.

/** A check that needs a configured broker. */
function toBroker<Facts>(row: {
  readonly code: string;
  readonly zh: string;
  readonly en: string;
  readonly probe: (config: Config, site: Site) => Promise<Facts | NotRun>;
  readonly judge: (facts: Facts) => Finding;
}): Check {
  const { code, zh, en, probe, judge } = row;
  return check<Facts>({
    code,
    title: { zh, en },
    probe: (site) => (site.parts.config ? probe(site.parts.config, site) : NO_CONFIGURATION),
    judge,
  });
}

const NETWORK = { zh: '检查网线、路由器和防火墙', en: 'check cable, router and firewall' };

export const brokerDns: Check = toBroker({
  code: 'BROKER_DNS',
  zh: '后台域名解析',
  en: "the backend's name is known",
  probe: async ({ broker }) => {
    const host = new URL(broker.url).hostname.replace(/^\[|\]$/g, '');
    return { host, found: await lookUp(host) };
  },
  judge: ({ host, found }) => {
    if ('good' in found) return well(`${host} 是 ${found.good}`, `${host} is ${found.good}`);
    return fail(
      { zh: `${host} 无法解析（${found.bad}）`, en: `${host} cannot be resolved (${found.bad})` },
      {
        zh: '检查网络和 DNS 设置，以及 broker.url 的拼写',
        en: 'check the network, its DNS, and the spelling of broker.url',
      },
    );
  },
});

export const brokerTcp: Check = toBroker({
  code: 'BROKER_TCP',
  zh: '后台端口',
  en: "the backend's port is open",
  probe: async ({ broker }, { parts: { clock } }) => {
    const [{ host, port }] = serversOf({ url: broker.url, protocolVersion: 4 });
    return { at: `${host}:${port}`, reached: await dial({ url: broker.url, protocolVersion: 4 }, clock) };
  },
  judge: ({ at, reached }) => {
    if ('good' in reached)
      return well(`${at}，${Math.round(reached.good)} ms`, `${at}, ${Math.round(reached.good)} ms`);
    return fail({ zh: `${at} 无法连接（${reached.bad}）`, en: `${at} cannot be reached (${reached.bad})` }, NETWORK);
  },
});

const NO_TLS = new NotRun(
  { zh: '配置为不加密的 mqtt://', en: 'configured as mqtt://, without encryption' },
  { zh: '正式环境请改用 mqtts://', en: 'use mqtts:// wherever real money moves' },
);

const tlsOf = async ({ broker }: Config, { parts: { clock } }: Site) => {
  if (!broker.url.startsWith('mqtts:')) return NO_TLS;
  try {
    return await lookAtTls(broker, clock);
  } catch (error) {
    if (error instanceof ConfigError) return { bad: error.message };
    throw error;
  }
};

export const brokerTls: Check = toBroker({
  code: 'BROKER_TLS',
  zh: '后台证书链',
  en: "the backend's certificate is believed",
  probe: tlsOf,
  judge: (look) => {
    if ('bad' in look)
      return fail(
        { zh: `TLS 握手失败（${look.bad}）`, en: `the TLS handshake fails (${look.bad})` },
        ERRORS.BROKER_REFUSED.remedy,
      );
    const { protocol, mistrust } = look.good;
    if (mistrust === undefined) return well(`${protocol}，证书可信`, `${protocol}, believed`);
    return fail(
      { zh: `证书不可信（${mistrust}）`, en: `nobody vouches for the certificate (${mistrust})` },
      {
        zh: '核对 broker.caFile 和 broker.url 中的域名；本机时间错误也会导致',
        en: 'check broker.caFile and the name in broker.url; a wrong clock of this PC does it too',
      },
    );
  },
});

const DAY_MS = 86_400_000;
/** Time for a visit (field-lessons.md 5.3). */
const WARN_DAYS = 7;

export const brokerCertificates: Check = toBroker({
  code: 'CERTIFICATE_EXPIRY',
  zh: '证书有效期',
  en: 'certificates stay valid',
  probe: async (config, site) => {
    const look = await tlsOf(config, site);
    if (look instanceof NotRun) return look;
    const server = 'good' in look ? [{ whose: 'broker', until: look.good.serverUntil }] : [];
    return { now: site.parts.clock.now(), certificates: [...server, ...ownCertificates(config.broker)] };
  },
  judge: ({ now, certificates }) => {
    const first = certificates.toSorted((a, b) => a.until - b.until)[0];
    if (!first) return fail({ zh: '没有能读的证书', en: 'no certificate can be read' }, ERRORS.BROKER_REFUSED.remedy);
    const days = Math.floor((first.until - now) / DAY_MS);
    const day = new Date(first.until).toISOString().slice(0, 10);
    if (days >= WARN_DAYS) return well(`到 ${day}（${days} 天）`, `until ${day} (${days} days)`);
    const cause =
      days < 0
        ? { zh: `${first.whose} 的证书已于 ${day} 过期`, en: `the certificate of ${first.whose} ended on ${day}` }
        : { zh: `${first.whose} 的证书 ${day} 到期`, en: `the certificate of ${first.whose} ends on ${day}` };
    const remedy = {
      zh: '更换证书（本机证书：tillwire provision），并核对本机时间',
      en: "renew it (the till's own: tillwire provision), and check this PC's clock",
    };
    return days < 0 ? fail(cause, remedy) : warn(cause, remedy);
  },
});

function ownCertificates({ certFile, caFile }: Config['broker']): { whose: string; until: number }[] {
  return [certFile, caFile].flatMap((file) => {
    if (file === undefined) return [];
    try {
      return [{ whose: file, until: Date.parse(new X509Certificate(readFileSync(file)).validTo) }];
    } catch {
      return [{ whose: file, until: 0 }]; // unreadable is as good as over
    }
  });
}

const probes = new WeakMap<Site, Promise<BrokerProbe>>();

/** One session for the three questions. */
function sessionOf(config: Config, site: Site): Promise<BrokerProbe> {
  const known = probes.get(site) ?? openSession(config, site);
  probes.set(site, known);
  return known;
}

async function openSession(config: Config, { parts: { clock } }: Site): Promise<BrokerProbe> {
  try {
    const [server] = serversOf(config.broker);
    return await probeBroker(server, config, () => ulid(clock.now(), randomBytes(10)), clock);
  } catch (error) {
    if (error instanceof ConfigError) return { problem: { code: 'BROKER_REFUSED', detail: error.message }, topics: [] };
    throw error;
  }
}

export const mqttConnect: Check = toBroker({
  code: 'MQTT_CONNECT',
  zh: '后台登录',
  en: 'the broker lets the till in',
  probe: sessionOf,
  judge: ({ problem }) => {
    if (!problem) return well('已登录', 'CONNECT is granted');
    const { cause, remedy } = ERRORS[problem.code];
    return fail({ zh: `${cause.zh}（${problem.detail}）`, en: `${cause.en} (${problem.detail})` }, remedy);
  },
});

const NO_SESSION = new NotRun(
  { zh: '没有连接到后台', en: 'there is no session with the broker' },
  { zh: '先处理 MQTT_CONNECT', en: 'see to MQTT_CONNECT first' },
);

const inSession = async (config: Config, site: Site) => {
  const probe = await sessionOf(config, site);
  return probe.problem ? NO_SESSION : probe;
};

export const mqttTopics: Check = toBroker({
  code: 'MQTT_TOPICS',
  zh: '消息订阅权限',
  en: 'every topic is granted',
  probe: inSession,
  judge: ({ topics }) => {
    const refused = topics.filter(({ granted }) => !granted).map(({ topic }) => topic);
    if (refused.length === 0) return well(`${topics.length} 个主题`, `${topics.length} topics`);
    return fail(
      { zh: `后台拒绝订阅 ${refused.join('、')}`, en: `the broker refuses ${refused.join(', ')}` },
      { zh: '请后台按 docs/mqtt.md 为本机配置 ACL', en: "have the broker's access list written as docs/mqtt.md says" },
    );
  },
});

/** payment.md 2.2, local rule `clock-untrusted`; a fifth of it is told before. */
const UNTRUSTED_MS = 120_000;
const NOTICED_MS = 30_000;

export const clockSkew: Check = toBroker({
  code: 'CLOCK_SKEW',
  zh: '本机时间',
  en: "this PC's clock",
  probe: async (config, site) => {
    const probe = await inSession(config, site);
    if (probe instanceof NotRun) return probe;
    return probe.clockErrorMs === undefined ? NOBODY_TOLD : probe.clockErrorMs;
  },
  judge: (errorMs) => {
    const seconds = Math.round(errorMs / 1000);
    const text = {
      zh: `比后台${seconds >= 0 ? '快' : '慢'} ${Math.abs(seconds)} 秒`,
      en: `${Math.abs(seconds)} s ${seconds >= 0 ? 'ahead of' : 'behind'} the backend`,
    };
    if (Math.abs(errorMs) <= NOTICED_MS) return well(text.zh, text.en);
    const remedy = {
      zh: '打开自动对时：sudo timedatectl set-ntp true',
      en: 'switch time synchronisation on: sudo timedatectl set-ntp true',
    };
    return Math.abs(errorMs) <= UNTRUSTED_MS ? warn(text, remedy) : fail(text, remedy);
  },
});

const NOBODY_TOLD = new NotRun(
  { zh: '后台没有回答时间', en: 'the backend did not tell the time' },
  { zh: '检查后台服务是否在线', en: "check that the backend's service runs" },
);
