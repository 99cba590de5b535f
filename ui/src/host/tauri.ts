/** The host inside the window. The only place, with this folder, that knows Tauri. */
import { invoke } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';
import { getCurrentWebview } from '@tauri-apps/api/webview';
import { asProblem, type Host } from './host';

export function tauriHost(): Host {
  return {
    async call(cmd, payload) {
      try {
        return await invoke<unknown>('rpc', { cmd, payload });
      } catch (raw) {
        throw asProblem(raw);
      }
    },
    onChanged(callback) {
      let stop: (() => void) | undefined;
      let stopped = false;
      void listen<unknown>('changed', (event) => callback(event.payload)).then((unlisten) => {
        if (stopped) unlisten();
        else stop = unlisten;
      });
      return () => {
        stopped = true;
        stop?.();
      };
    },
    zoom(percent) {
      // The web view's own zoom: lengths, pointers, pop-ups and the narrow layout all follow. With CSS `zoom` the engines differ
      // in every one of them (measured: what a rectangle, a pointer and 100vh are). A window that cannot zoom stays as it is.
      getCurrentWebview().setZoom(percent / 100).catch(() => undefined);
    },
  };
}
