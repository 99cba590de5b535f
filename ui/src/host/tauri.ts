/** The host inside the window. The only place, with this folder, that knows Tauri. */
import { invoke } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';
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
  };
}
