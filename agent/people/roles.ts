import type { Scope } from '../console/scopes.ts';

/** What a second person can be asked to approve. */
export const APPROVALS = ['refund', 'resolve'] as const;
export type ApprovalKind = (typeof APPROVALS)[number];

interface RoleRow {
  readonly zh: string;
  readonly en: string;
  readonly scopes: readonly Scope[];
  readonly approves: readonly ApprovalKind[];
}

/** Who may do what at the counter. A technician sees and sets up, and touches no money. */
export const ROLES = {
  clerk: { zh: '收银员', en: 'clerk', scopes: ['read', 'collect', 'refund'], approves: [] },
  manager: {
    zh: '店长',
    en: 'manager',
    scopes: ['read', 'collect', 'refund', 'resolve'],
    approves: ['refund', 'resolve'],
  },
  technician: { zh: '装机人员', en: 'technician', scopes: ['read', 'diagnose', 'admin'], approves: [] },
} as const satisfies Record<string, RoleRow>;

export type Role = keyof typeof ROLES;
export const ROLE_NAMES = Object.keys(ROLES) as [Role, ...Role[]];

export function mayApprove(role: Role, kind: ApprovalKind): boolean {
  const approves: readonly ApprovalKind[] = ROLES[role].approves;
  return approves.includes(kind);
}
