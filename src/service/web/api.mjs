// The calls of the page. The key stays in this tab: sessionStorage ends with it.
const keyName = 'cpw-native.key';

export function keepKey(key) {
  sessionStorage.setItem(keyName, key);
}

export function hasKey() {
  return sessionStorage.getItem(keyName) !== null;
}

function headers(more = {}) {
  const key = sessionStorage.getItem(keyName);
  return key === null ? more : { ...more, authorization: `Bearer ${key}` };
}

/** What a request is refused with; `status` 0 where no answer came. */
export class ApiError extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

function errorOf(status, text) {
  try {
    return new ApiError(JSON.parse(text).error.message, status);
  } catch {
    return new ApiError(`The server answered with ${status}.`, status);
  }
}

async function call(path, options = {}) {
  const answer = await fetch(path, { ...options, headers: headers(options.headers) }).catch(() => {
    throw new ApiError('The server cannot be reached. Next step: see whether it runs.', 0);
  });
  if (!answer.ok) throw errorOf(answer.status, await answer.text());
  return answer;
}

export async function getJson(path) {
  return (await call(path)).json();
}

export async function getBlob(path) {
  return (await call(path)).blob();
}

export async function post(path) {
  return (await call(path, { method: 'POST' })).json();
}

/** Sends a recording. XMLHttpRequest, since fetch does not tell how much has been sent. */
export function submit(file, request, { onProgress, signal }) {
  return new Promise((resolve, reject) => {
    const sender = new XMLHttpRequest();
    sender.open('POST', 'v1/jobs');
    for (const [name, value] of Object.entries(headers())) sender.setRequestHeader(name, value);
    sender.upload.addEventListener('progress', ({ loaded, total }) => onProgress(loaded / total));
    sender.addEventListener('load', () => {
      if (sender.status === 202) resolve(JSON.parse(sender.responseText));
      else reject(errorOf(sender.status, sender.responseText));
    });
    sender.addEventListener('error', () => reject(new ApiError('The upload broke off.', 0)));
    sender.addEventListener('abort', () => reject(signal.reason));
    signal.addEventListener('abort', () => sender.abort());
    const body = new FormData();
    body.append('request', JSON.stringify(request));
    body.append('file', file);
    sender.send(body);
  });
}

/**
 * A job's events, read by fetch: EventSource cannot send a key. Comes back where the connection
 * breaks, with the last id; ends when the job has.
 */
export async function* eventsOf(job) {
  let last = '';
  for (let failures = 0; failures < 20; failures += 1) {
    try {
      const sent = last === '' ? {} : { 'last-event-id': last };
      const { body } = await call(job.links.events.slice(1), { headers: sent });
      for await (const event of messagesOf(body)) {
        failures = 0;
        if (event.id !== undefined) last = event.id;
        yield event;
        if (event.event === 'job' && event.data?.endedAt !== undefined) return;
      }
    } catch (error) {
      if (error instanceof ApiError && error.status >= 400 && error.status < 500) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  throw new ApiError('The connection to the server is lost. Next step: reload the page.', 0);
}

async function* messagesOf(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const parts = (text + value).split('\n\n');
    text = parts.pop();
    yield* parts.filter((part) => !part.startsWith(':')).map(messageOf);
  }
}

function messageOf(part) {
  const lines = part.split('\n').map((line) => [line.split(': ', 1)[0], line]);
  const fields = Object.fromEntries(
    lines.map(([name, line]) => [name, line.slice(name.length + 2)]),
  );
  return { ...fields, data: JSON.parse(fields.data ?? 'null') };
}
