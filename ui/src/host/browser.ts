/** The host in a browser on loopback: the same requests over HTTP. Used by the tests only, never shipped as a server. */
import { asProblem, type Host } from './host';

export function browserHost(base = ''): Host {
  return {
    async call(cmd, payload) {
      let response: Response;
      let body: unknown;
      try {
        response = await fetch(`${base}/rpc`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ cmd, payload }) });
        body = await response.json();
      } catch (raw) {
        throw asProblem(raw);
      }
      if (!response.ok) throw asProblem(body);
      return body;
    },
    onChanged(callback) {
      const source = new EventSource(`${base}/changed`);
      source.onmessage = (event: MessageEvent<string>) => callback(JSON.parse(event.data));
      return () => source.close();
    },
    zoom() {
      // A browser has its own zoom, which a page cannot set.
    },
  };
}
