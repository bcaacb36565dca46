import type { Advice } from '../errors.ts';
import {
  collectRefusal,
  refundRefusal,
  type Settings,
  shownBlock,
  TERMINAL_REASONS,
  type TerminalBlock,
  type TerminalState,
} from '../payment/terminal-state.ts';

/** What the page makes of a terminal's state: four pictures. */
const SHOWN = {
  ACTIVE: 'ready',
  MAINTENANCE_SCHEDULED: 'ready',
  UNDER_REVIEW: 'ready',
  MAINTENANCE: 'maintenance',
  SUSPENDED: 'suspended',
  DISABLED: 'suspended',
  FAULT: 'suspended',
  LOCKED: 'suspended',
  UNREGISTERED: 'unregistered',
} as const satisfies Record<TerminalState, string>;

/** On paper, where there is no picture. */
export const STATE_WORDS = {
  ready: '可以收款',
  maintenance: '系统维护中，暂停收款',
  suspended: '已暂停收款',
  unregistered: '终端未登记，不能收款',
} as const satisfies Record<(typeof SHOWN)[TerminalState], string>;

type ClearedBy = (typeof TERMINAL_REASONS)[keyof typeof TERMINAL_REASONS]['clearedBy'];

/** What the person at the counter does now, by what ends the state (payment.md 4.7, "cleared by"). */
const ACTIONS: Readonly<Record<ClearedBy, Advice>> = {
  'time window / backend': {
    zh: '请等待维护结束，急用请联系客服',
    en: 'Wait until it is over; call support if it is urgent',
  },
  investigation: {
    zh: '请联系客服并配合核查，报参考号',
    en: 'Call support with the reference number and help to clear it up',
  },
  documents: { zh: '请按客服要求补交资料', en: 'Hand in the documents that support asks for' },
  'upgrade / replacement': {
    zh: '请联系装机人员升级或更换终端',
    en: 'Call the technician: upgrade or replace the terminal',
  },
  replacement: { zh: '请联系装机人员更换终端', en: 'Call the technician: the terminal is to be replaced' },
  update: { zh: '请联系装机人员更新软件', en: 'Call the technician: the software is to be updated' },
  're-registration': { zh: '请联系客服重新登记终端', en: 'Call support: the terminal is to be registered again' },
  'on-site check': {
    zh: '请联系装机人员到店核对终端位置',
    en: 'Call the technician to check the terminal in the shop',
  },
  'replacement only': { zh: '请停用本机并联系装机人员更换', en: 'Stop using this till and have it replaced' },
  backend: { zh: '请联系客服', en: 'Call support' },
  'next business day / backend': {
    zh: '请明日再收款，或联系客服提高限额',
    en: 'Collect tomorrow, or ask support for a higher limit',
  },
};
const CALL: Advice = { zh: '请联系客服', en: 'Call support' };
const REGISTER: Advice = {
  zh: '请联系装机人员登记本终端',
  en: 'Call the technician: this terminal is to be registered',
};

const UNLOCK: Advice = {
  zh: '请店长或装机人员登录后解锁',
  en: 'A manager or a technician signs in and unlocks it',
};

const UNCONFIRMED: Advice = {
  zh: '很久没有联系上后台，终端状态未经确认',
  en: 'Nothing was heard from the backend for long: the state of this terminal is not confirmed',
};
const CHECK_NETWORK: Advice = { zh: '请检查网络', en: 'Check the network' };

export interface Around {
  /** the shop's own number of support */
  readonly phone?: string | undefined;
  /** the backend was not heard for longer than its word is good */
  readonly unconfirmed: boolean;
}

/** Whether this terminal may collect, and else everything that is needed to ask for help. */
export function terminalView(settings: Settings, { phone, unconfirmed }: Around) {
  const block = shownBlock(settings);
  const refused = collectRefusal(settings) !== undefined;
  const { state = 'ACTIVE', reasonCode, since, until, referenceNo, servicePhone = phone } = block ?? {};
  const shown = SHOWN[state];
  const reason = (block && reasonOf(block)) ?? (unconfirmed ? UNCONFIRMED : undefined);
  const action = block && (refused || reasonOf(block)) ? actionOf(block) : unconfirmed ? CHECK_NETWORK : undefined;
  return {
    state: refused && shown === 'ready' ? ('suspended' as const) : shown,
    canCollect: !refused,
    canRefund: refundRefusal(settings) === undefined,
    ...(state === 'LOCKED' ? { locked: true } : {}),
    ...(unconfirmed ? { unconfirmed } : {}),
    ...(reasonCode === undefined ? {} : { reasonCode }),
    ...(reason === undefined ? {} : { reason }),
    ...(since === undefined ? {} : { sinceMs: since }),
    ...(until === undefined ? {} : { untilMs: until }),
    ...(referenceNo === undefined ? {} : { reference: referenceNo }),
    ...(servicePhone === undefined ? {} : { phone: servicePhone }),
    ...(action === undefined ? {} : { requiredAction: action }),
  };
}

function reasonOf({ reasonTextZh, reasonTextEn, reasonCode = '' }: TerminalBlock): Advice | undefined {
  const known = rowOf(reasonCode);
  const zh = reasonTextZh ?? known?.zh ?? reasonTextEn ?? reasonCode;
  const en = reasonTextEn ?? known?.en ?? reasonTextZh ?? reasonCode;
  return zh === '' ? undefined : { zh, en };
}

function actionOf({ state, reasonCode = '', requiredAction }: TerminalBlock): Advice {
  if (requiredAction) return { zh: requiredAction, en: requiredAction };
  const known = rowOf(reasonCode);
  if (known) return ACTIONS[known.clearedBy];
  return state === 'UNREGISTERED' ? REGISTER : state === 'LOCKED' ? UNLOCK : CALL;
}

function rowOf(code: string): (Advice & { readonly clearedBy: ClearedBy }) | undefined {
  const rows: Readonly<Record<string, Advice & { readonly clearedBy: ClearedBy }>> = TERMINAL_REASONS;
  return Object.hasOwn(rows, code) ? rows[code] : undefined;
}
