import type { Occurrence } from '../../generated/Occurrence';
import type { SeriesRequest } from '../../generated/SeriesRequest';
import { asProblem, type Problem } from '../../host';
import { api } from '../../state/api';

/** Every occurrence of a repetition with its availability, asked again whenever what is asked for changes. */
export function repeating(request: () => SeriesRequest | null): { readonly occurrences: Occurrence[]; readonly waiting: boolean; readonly problem: Problem | undefined } {
  let occurrences = $state.raw<Occurrence[]>([]);
  let waiting = $state(false);
  let problem = $state.raw<Problem>();
  let asked = 0;
  $effect(() => {
    const wanted = request();
    const mine = ++asked;
    if (!wanted) {
      occurrences = [];
      waiting = false;
      return;
    }
    waiting = true;
    api.previewSeries(wanted).then(
      (got) => {
        if (mine !== asked) return;
        occurrences = got;
        problem = undefined;
        waiting = false;
      },
      (raw: unknown) => {
        if (mine !== asked) return;
        problem = asProblem(raw);
        waiting = false;
      },
    );
  });
  return {
    get occurrences() { return occurrences; },
    get waiting() { return waiting; },
    get problem() { return problem; },
  };
}
