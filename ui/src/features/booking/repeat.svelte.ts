import type { Occurrence } from '../../generated/Occurrence';
import type { SeriesRequest } from '../../generated/SeriesRequest';
import type { Problem } from '../../host';
import { api } from '../../state/api';
import { query } from '../../state/core.svelte';

/** Every occurrence of a repetition with its availability, asked again whenever what is asked for, or the clinic, changes. */
export function repeating(request: () => SeriesRequest | null): { readonly occurrences: Occurrence[]; readonly waiting: boolean; readonly problem: Problem | undefined } {
  const answer = query(async () => {
    const wanted = request();
    return wanted ? api.previewSeries(wanted) : [];
  });
  return {
    get occurrences() { return answer.data ?? []; },
    get waiting() { return answer.stale; },
    get problem() { return answer.problem; },
  };
}
