import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import { HTTPException } from 'hono/http-exception';
import { ACTS, type ActName, carryOut, faultCards } from './acts.ts';
import type { LabCounter } from './counter.ts';
import { eventStream } from './event-stream.ts';
import { FAULT_GROUPS } from './fault-panel.ts';
import { answerNo, guards, sayNo } from './guard.ts';
import { pageFiles } from './page-files.ts';
import { Refusal } from './problems.ts';
import { Done, FaultList, Happening, LabState, Line, ProblemBody, StoryList, Written } from './schemas.ts';
import { storyList } from './story-player.ts';
import { writtenStory } from './written-story.ts';

const ABOUT = `The simulated shop over HTTP on 127.0.0.1: every act of a person at the lab page is one call here. Nobody signs in;
calls of other web pages are refused. Money is integer fen.`;

const json = <T extends z.ZodType>(schema: T, description: string) => ({
  content: { 'application/json': { schema } },
  description,
});
const no = {
  default: { content: { 'application/problem+json': { schema: ProblemBody } }, description: 'No, and why' },
};
const picture = { content: { 'image/png': { schema: z.string() } }, description: 'One bit a dot' };

const ROUTES = {
  state: createRoute({
    method: 'get',
    path: '/v1/state',
    summary: 'The whole counter as it is now',
    responses: { 200: json(LabState, 'Every section'), ...no },
  }),
  events: createRoute({
    method: 'get',
    path: '/v1/events',
    summary: 'What changes, as server-sent events; Last-Event-ID continues',
    responses: { 200: { content: { 'text/event-stream': { schema: z.string() } }, description: 'News' }, ...no },
  }),
  wire: createRoute({
    method: 'get',
    path: '/v1/wire',
    summary: 'The last 2,000 frames and messages of every wire',
    responses: { 200: json(z.strictObject({ lines: z.array(Line) }), 'Oldest first'), ...no },
  }),
  story: createRoute({
    method: 'get',
    path: '/v1/story',
    summary: 'What happened',
    responses: { 200: json(z.strictObject({ happenings: z.array(Happening) }), 'Oldest first'), ...no },
  }),
  faults: createRoute({
    method: 'get',
    path: '/v1/faults',
    summary: 'Everything that can go wrong',
    responses: { 200: json(FaultList, 'The panel'), ...no },
  }),
  scenario: createRoute({
    method: 'get',
    path: '/v1/scenario',
    summary: 'What was done, as a story in the form of the catalogue: with what came of it as what must come of it',
    responses: { 200: json(Written, 'The story, and what has no words in one'), ...no },
  }),
  stories: createRoute({
    method: 'get',
    path: '/v1/stories',
    summary: 'The stories of the catalogue',
    responses: { 200: json(StoryList, 'By name'), ...no },
  }),
  slip: createRoute({
    method: 'get',
    path: '/v1/slips/{n}',
    summary: 'A slip as picture (n.png) or text (n.txt); `hanging` is what is not cut off yet',
    request: { params: z.object({ n: z.string() }) },
    responses: { 200: picture, ...no },
  }),
} as const;

/** The lab as a function from request to response. */
export function labApp(counter: LabCounter, port: () => number): OpenAPIHono {
  const app = new OpenAPIHono({
    defaultHook: (result) => {
      if (!result.success) throw new Refusal('BAD_REQUEST', wrong(result.error));
    },
  });
  app.use(...guards(port));
  pageFiles(app);
  looking(app, counter);
  for (const name of Object.keys(ACTS) as ActName[]) doing(app, counter, name);
  app.get('/v1/openapi.json', (c) => c.json(openApi(app)));
  app.notFound(() => sayNo('NOT_FOUND'));
  app.onError((error) => {
    if (error instanceof Refusal) return answerNo(error.body);
    if (error instanceof HTTPException) return sayNo('BAD_REQUEST', error.message);
    return sayNo('INTERNAL', error.message);
  });
  return app;
}

function wrong(error: {
  readonly issues: readonly { readonly path: PropertyKey[]; readonly message: string }[];
}): string {
  const [first] = error.issues;
  return first ? `${first.path.join('.')} ${first.message}` : '';
}

function looking(app: OpenAPIHono, counter: LabCounter): void {
  const { feed, slips } = counter;
  app.openapi(ROUTES.state, (c) => c.json(counter.views(), 200));
  app.openapi(ROUTES.wire, (c) => c.json({ lines: [...feed.lines] }, 200));
  app.openapi(ROUTES.story, (c) => c.json({ happenings: [...feed.happenings] }, 200));
  app.openapi(ROUTES.faults, (c) => {
    const groups = Object.entries(FAULT_GROUPS).map(([group, words]) => ({ group, words }));
    return c.json({ groups, faults: [...faultCards()] }, 200);
  });
  app.openAPIRegistry.registerPath(ROUTES.scenario);
  app.get(ROUTES.scenario.path, (c) => c.json(written(counter)));
  app.get('/v1/scenario/file', (c) => {
    const { scenario } = written(counter);
    const text = `${JSON.stringify(scenario, undefined, 2)}\n`;
    return c.body(text, 200, {
      'Content-Type': 'application/json',
      'Content-Disposition': `attachment; filename="${scenario.name}.json"`,
    });
  });
  app.openapi(ROUTES.stories, (c) => c.json({ stories: storyList().map((one) => ({ ...one })) }, 200));
  app.openapi(ROUTES.events, (c) => {
    const after = Number(c.req.header('last-event-id') ?? 0);
    const stream = eventStream(feed, Number.isSafeInteger(after) ? after : 0);
    return c.body(stream, 200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
  });
  app.openapi(ROUTES.slip, (c) => {
    const [, name = '', form] = /^(hanging|\d{1,9})\.(png|txt)$/.exec(c.req.param('n')) ?? [];
    const isHanging = name === 'hanging';
    if (form === 'txt') {
      const text = isHanging ? slips.hangingText() : slips.text(Number(name));
      return text === undefined ? sayNo('UNKNOWN_SLIP') : c.text(text);
    }
    const png = isHanging ? slips.hangingPicture() : slips.picture(Number(name));
    if (!png || form === undefined) return sayNo('UNKNOWN_SLIP');
    return c.body(Uint8Array.from(png), 200, { 'Content-Type': 'image/png' });
  });
}

function written(counter: LabCounter) {
  if (counter.deeds.list.length === 0) throw new Refusal('NO_DEEDS');
  return writtenStory(counter, 'by-hand');
}

function doing(app: OpenAPIHono, counter: LabCounter, name: ActName): void {
  const { path, summary, body } = ACTS[name];
  const route = createRoute({
    method: 'post',
    path,
    summary,
    operationId: name,
    request: { body: { content: { 'application/json': { schema: body as z.ZodType } }, required: true } },
    responses: { 200: json(Done, 'Done'), ...no },
  });
  app.openapi(route, async (c) => {
    await carryOut(counter, name, c.req.valid('json'));
    return c.json({ done: true as const }, 200);
  });
}

function openApi(app: OpenAPIHono): object {
  return app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: { title: 'Tillwire simulated shop', version: '1.0.0', description: ABOUT },
    servers: [{ url: 'http://127.0.0.1:{port}', variables: { port: { default: '0' } } }],
  });
}
