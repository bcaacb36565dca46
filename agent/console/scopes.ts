/** What a token may do. Each call names the one it needs; none contains another. */
export const SCOPES = {
  read: { zh: '查看订单、记录和设备状态', en: 'look at orders, records and devices' },
  collect: { zh: '收款、撤销、查询、补打', en: 'collect, cancel, ask again, reprint' },
  refund: { zh: '申请和批准退款', en: 'ask for refunds and approve them' },
  resolve: { zh: '核对结果不明的款项', en: 'say what became of money that nobody can account for' },
  diagnose: {
    zh: '诊断：指标、设备跟踪、自检、日志级别',
    en: 'look into the till: metrics, traces of its devices, self-test, log level',
  },
  admin: { zh: '收发设置', en: 'change what the till holds to' },
} as const;
export type Scope = keyof typeof SCOPES;
export const SCOPE_NAMES = Object.keys(SCOPES) as [Scope, ...Scope[]];

/** Who calls: a program beside the till, and the person it acts for when its token names one. */
export interface Caller {
  readonly program: string;
  readonly personId?: string;
  readonly scopes: readonly Scope[];
  /** signed in at the page: the id of the session */
  readonly session?: string;
}
