import type { OpenAPIHono } from '@hono/zod-openapi';
import type { ApprovalKind } from '../people/roles.ts';
import type { Session } from '../people/sessions.ts';
import type { ApprovalWish, SignIn } from '../people/sign-in.ts';
import { found } from './answers.ts';
import type { AppParts } from './app.ts';
import type { ConsoleEnv } from './guard.ts';
import { PEOPLE_ROUTES } from './people-routes.ts';
import { type Problem, problem } from './problems.ts';
import { Refusal } from './refusal.ts';
import type { Caller } from './scopes.ts';

type Refused = Exclude<
  Awaited<ReturnType<SignIn['withPin']>> | Awaited<ReturnType<SignIn['changePin']>>,
  { readonly kind: 'open' }
>;

/** People at the page: signing in and out, choosing a PIN, a second person's yes. */
export function peopleCalls(app: OpenAPIHono<ConsoleEnv>, parts: AppParts): void {
  const { people, view } = parts;
  const signedIn = (opened: Awaited<ReturnType<SignIn['withPin']>> | Refused) => {
    if (opened.kind !== 'open') throw new Refusal(problemOfSignIn(people, opened));
    const { token, session } = opened;
    return { token, ...people.told(session) };
  };
  app.openapi(PEOPLE_ROUTES.welcome, (c) => c.json(view.welcome(people.people()), 200));
  app.openapi(PEOPLE_ROUTES.signIn, async (c) => {
    const body = c.req.valid('json');
    if ('personId' in body) return c.json(signedIn(await people.withPin(body.personId, body.pin)), 201);
    const opened = await people.withCode(body.code);
    if (opened.kind === 'wrong') throw new Refusal(problem('CODE_WRONG'));
    return c.json(signedIn(opened), 201);
  });
  app.openapi(PEOPLE_ROUTES.signOut, (c) => {
    people.signOut(c.get('caller'));
    return c.body(null, 204);
  });
  app.openapi(PEOPLE_ROUTES.changePin, async (c) => {
    const body = c.req.valid('json');
    if ('personId' in body) return c.json(signedIn(await people.changePin(body.personId, body.pin, body.newPin)), 201);
    const caller: Caller | undefined = c.get('caller');
    const session = caller && people.sessionOf(caller);
    if (!session?.mustChoosePin) throw new Refusal(problem('UNAUTHENTICATED'));
    return c.json(signedIn(await people.choosePin(session, body.newPin)), 201);
  });
  approvals(app, parts);
}

function approvals(app: OpenAPIHono<ConsoleEnv>, parts: AppParts): void {
  const { people } = parts;
  app.openapi(PEOPLE_ROUTES.approve, async (c) => {
    const { personId, pin, kind, subject } = c.req.valid('json');
    const session = found(people.sessionOf(c.get('caller')));
    if (session.mustChoosePin) throw new Refusal(problem('PIN_UNSET'));
    const given = await people.approve(wishOf(parts, kind, subject, session), session, personId, pin);
    if (given.kind === 'same-person') throw new Refusal(problem('SECOND_PERSON_REQUIRED'));
    if (given.kind === 'no-right') throw new Refusal(problem('NO_RIGHT_TO_APPROVE'));
    if (given.kind !== 'approved') throw new Refusal(problemOfSignIn(people, given));
    const { approval, approver, expiresAt } = given;
    return c.json({ approval, approver, expiresAt }, 201);
  });
}

/** Whose wish is approved: of a refund, whoever asked for it; of a resolution, whoever is signed in. */
function wishOf({ book }: AppParts, kind: ApprovalKind, subject: string, session: Session): ApprovalWish {
  if (kind === 'resolve') {
    found(book.orders.get(subject));
    return { kind, subject, askedBy: session.person.personId, orderId: subject };
  }
  const { refundId, orderId, requestedBy } = found(book.refunds.get(subject));
  return { kind, subject, askedBy: requestedBy, orderId, refundId };
}

function problemOfSignIn(people: Pick<SignIn, 'until'>, refused: Refused): Problem {
  switch (refused.kind) {
    case 'wrong':
      return { ...problem('PIN_WRONG'), triesLeft: refused.triesLeft };
    case 'locked':
      return { ...problem('PIN_LOCKED'), until: people.until(refused.waitMs) };
    case 'must-choose':
      return problem('PIN_EXPIRED');
    case 'busy':
      return problem('TOO_MANY_REQUESTS');
    case 'too-easy':
    case 'malformed':
    case 'same':
    case 'chosen':
      return problem('PIN_TOO_EASY');
    default:
      return refused satisfies never;
  }
}
