import { OpenAPIHono } from '@hono/zod-openapi';
import { CONTRACT_VERSION } from '../../protocols/backend/fields.ts';
import { ROUTES } from './routes.ts';
import { SCOPES } from './scopes.ts';

const ABOUT = `HTTP on 127.0.0.1 for programs beside the till. Every call carries a token (\`Authorization: Bearer\`); every call
that changes something carries an \`Idempotency-Key\` and may be repeated with it until its answer is known, for seven days
and across restarts. Money is integer fen.`;

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
