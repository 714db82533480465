// The large files of build/: programs and images. A static host has them packed with gzip, and the page unpacks them, so
// that they are small on any host.
import { PACKED } from './packed.js';

const PATIENCE = 30_000;  // milliseconds without a byte

// asset fetches a file and answers with its plain content. progress(done, total) hears of bytes on their way; total is 0
// where the host does not tell. A server that falls silent is not waited for without end.
export async function asset(url, progress = () => {}) {
  const silence = new AbortController();
  let timer;
  const heard = () => {
    clearTimeout(timer);
    timer = setTimeout(() => silence.abort(new Error(`${url}: the server has sent nothing for ${PATIENCE / 1000} seconds`)), PATIENCE);
  };
  heard();
  const answer = await fetch(url + PACKED, { signal: silence.signal }).catch(e => {
    clearTimeout(timer);
    throw silence.signal.aborted ? e : new Error(`${url}: the server does not answer`);
  });
  if (!answer.ok) throw new Error(`${url}: the server answers ${answer.status}`);
  const total = Number(answer.headers.get('X-Plain-Length') ?? answer.headers.get('Content-Length') ?? 0);
  let done = 0;
  const counted = answer.body.pipeThrough(new TransformStream({
    transform(chunk, out) {
      heard();
      done += chunk.length;
      progress(done, Math.max(total, done));
      out.enqueue(chunk);
    },
    flush: () => clearTimeout(timer),
  }));
  const type = url.endsWith('.wasm') ? 'application/wasm' : 'application/octet-stream';  // some hosts know no wasm
  return new Response(PACKED ? await unpack(counted) : counted, { headers: { 'Content-Type': type } });
}

// unpack gives the plain bytes of a stream. Some hosts say of a .gz file that it is encoded so, and the browser unpacks it.
async function unpack(stream) {
  const [ahead, all] = stream.tee(), reader = ahead.getReader();
  const { value } = await reader.read();
  reader.cancel();
  return value?.[0] === 0x1f && value[1] === 0x8b ? all.pipeThrough(new DecompressionStream('gzip')) : all;
}
