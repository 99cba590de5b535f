import type { Acted } from '../../generated/Acted';
import type { Flag } from '../../generated/Flag';
import type { SessionDetail } from '../../generated/SessionDetail';
import { tellActed } from '../../state/acted';
import { api } from '../../state/api';
import type { Doing } from '../../state/doing.svelte';
import { toast, type ToastKind } from '../../state/overlay.svelte';
import { sayProblem } from '../../state/say';
import { aboutClient, people, type Notify } from './notify';

interface Change {
  kind: ToastKind;
  params?: Record<string, string | number>;
  detail: SessionDetail;
  told: Notify;
  /** A mail was asked for. */
  notify: boolean;
  /** Whom the person has told by voice. */
  said: readonly string[];
}

/**
 * Ends a change: whoever was told by voice is noted as told, and the toast says what was done and who has not been told of it.
 */
export async function finish(work: Doing, done: Acted, { kind, params = {}, detail, told, notify, said }: Change): Promise<void> {
  const rung = told.over === '' ? told.untold.filter((one) => said.includes(one.client.id)).map((one) => one.client.id) : [];
  const noted = await work.run(async () => {
    for (const client of rung) await api.toldPersonally({ session: detail.id, client });
    return true;
  });
  const knows = (of: string | undefined): boolean => noted === true && (of === undefined ? rung.length > 0 && rung.length === people(detail).length : rung.includes(of));
  // Where no mail can tell it none was asked for, and the core has nothing to say of it.
  const silent: Flag[] = told.over === '' && !told.possible && !notify ? told.left.map((one) => ({ kind: 'not_told', why: { kind: 'reach', why: one.contact.no_email ?? 'no_address' }, client: one.client.id })) : [];
  const flags = [...done.flags, ...silent].filter((flag) => flag.kind !== 'not_told' || !knows(flag.client));
  tellActed(kind, params, { ...done, flags }, aboutClient(detail));
  if (!noted && work.problem) toast('failed', { text: sayProblem(work.problem) });
}
