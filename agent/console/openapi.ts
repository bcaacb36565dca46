import { OpenAPIHono } from '@hono/zod-openapi';
import { CONTRACT_VERSION } from '../../protocols/backend/fields.ts';
import { DIAGNOSIS_ROUTES } from './diagnosis-routes.ts';
import { HOLD_ROUTES } from './hold-routes.ts';
import { INTENT_ROUTES } from './intent-routes.ts';
import { LOOKING_ROUTES } from './looking-routes.ts';
import { ORDER_ROUTES } from './order-routes.ts';
import { PEOPLE_ROUTES } from './people-routes.ts';
import { REFUND_ROUTES } from './refund-routes.ts';
import { REPORT_ROUTES } from './report-routes.ts';
import { RULE_ROUTES } from './rule-routes.ts';
import { SCOPES } from './scopes.ts';
import { STATEMENT_ROUTES } from './statement-routes.ts';
import { TERMINAL_ROUTES } from './terminal-routes.ts';

const ABOUT = `HTTP on 127.0.0.1 for programs beside the till. Every call carries a token (\`Authorization: Bearer\`); every call
that changes something carries an \`Idempotency-Key\` and may be repeated with it until its answer is known, for seven days
and across restarts. Money is integer fen.`;

// Every call of the local API stands in a table *-routes.ts: its address, what it takes, what it gives, and which right it
// needs. Handlers stand in *-calls.ts beside it.
const ROUTES = {
  ...PEOPLE_ROUTES,
  ...LOOKING_ROUTES,
  ...ORDER_ROUTES,
  ...HOLD_ROUTES,
  ...INTENT_ROUTES,
  ...REFUND_ROUTES,
  ...RULE_ROUTES,
  ...TERMINAL_ROUTES,
  ...REPORT_ROUTES,
  ...STATEMENT_ROUTES,
  ...DIAGNOSIS_ROUTES,
};

/** The local API as OpenAPI 3.1, made from the table of routes and the schemas that check the calls. */
export function openApi(): object {
  const app = new OpenAPIHono();
  app.openAPIRegistry.registerComponent('securitySchemes', 'token', {
    type: 'http',
    scheme: 'bearer',
    description: `tillwire token create. Scopes: ${Object.entries(SCOPES)
      .map(([scope, { en }]) => `${scope} (${en})`)
      .join(', ')}`,
  });
  for (const [operationId, route] of Object.entries(ROUTES)) {
    const { middleware: _check, ...said } = { middleware: undefined, ...route };
    app.openAPIRegistry.registerPath({ operationId, ...said });
  }
  return app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: { title: 'Tillwire local API', version: `${CONTRACT_VERSION}.0.0`, description: ABOUT },
    servers: [
      {
        url: 'http://127.0.0.1:{port}',
        variables: { port: { default: '0', description: 'see console/address.json' } },
      },
    ],
  });
}
