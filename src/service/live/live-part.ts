import websocket from '@fastify/websocket';
import { SpeechDetector } from 'cpw-native';
import type { FastifyInstance } from 'fastify';
import { Refusal } from '../server/refusal.js';
import { modelOf } from '../served-models.js';
import type { Service } from '../service.js';
import { LiveSession } from './live-session.js';

/** Largest message of a client: half a minute of samples as 16-bit numbers. */
const maxPayload = 1 << 20;

/** Live captions: WebSocket /v1/audio/stream. */
export async function livePart(app: FastifyInstance, service: Service): Promise<void> {
  const sessions = new Set<LiveSession>();
  const detector = sharedDetector(service);
  const context = {
    service,
    detector: detector.get,
    modelOf: (name: string | undefined) => modelOf(service.served, name),
  };
  service.closing.addEventListener('abort', () => {
    for (const session of sessions) session.end();
  });
  await app.register(websocket, {
    options: { maxPayload },
    // What is open becomes final before the server is gone.
    preClose: async () => {
      for (const session of sessions) session.end();
      await Promise.all([...sessions].map((session) => session.closed));
    },
  });
  app.addHook('onClose', () => detector.close());
  await app.register(async (inner) => {
    const preValidation = async (): Promise<void> => {
      if (sessions.size >= service.options.live.maxSessions) throw tooMany(sessions.size);
    };
    const route = { websocket: true, schema: { hide: true }, preValidation } as const;
    inner.get('/v1/audio/stream', route, async (socket) => {
      const session = new LiveSession(socket, context);
      sessions.add(session);
      await session.closed;
      sessions.delete(session);
    });
  });
}

/** One detector for all streams, loaded by the first. */
function sharedDetector({ served }: Service): {
  readonly get: () => Promise<SpeechDetector>;
  readonly close: () => Promise<void>;
} {
  let loading: Promise<SpeechDetector> | undefined;
  return {
    get: async () => {
      const { modelsDir, download } = served.options as {
        modelsDir?: string;
        download?: 'auto' | 'never';
      };
      loading ??= SpeechDetector.load({
        ...(modelsDir === undefined ? {} : { modelsDir }),
        ...(download === undefined ? {} : { download }),
      });
      try {
        return await loading;
      } catch (error) {
        loading = undefined;
        throw error;
      }
    },
    close: async () => (await loading?.catch(() => undefined))?.close(),
  };
}

function tooMany(count: number): Refusal {
  return new Refusal(
    'rate_limit_exceeded',
    `${count} streams are captioned, which is all the server takes. Next step: try again later.`,
    { retryAfterS: 30 },
  );
}
