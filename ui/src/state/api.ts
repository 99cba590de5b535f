/**
 * Everything the screens may ask of the core, by name. Requests and answers are the table that Rust generates; this is the only
 * place in the screens where a command's name is written.
 */
import type { Commands } from '../generated/Commands';
import { call } from './core.svelte';

type Name = keyof Commands;

/** The answer's shape is the core's promise: both sides come from one table. */
function command<N extends Name>(name: N): (request: Commands[N]['request']) => Promise<Commands[N]['answer']> {
  return (request) => call(name, request) as Promise<Commands[N]['answer']>;
}

/** A command that takes nothing. */
function plain<N extends Name>(name: N): () => Promise<Commands[N]['answer']> {
  return () => call(name, {}) as Promise<Commands[N]['answer']>;
}

export const api = {
  appState: plain('app.state'),
  quit: command('app.quit'),
  holding: command('app.holding'),
  sidebar: plain('sidebar.get'),
  dashboard: plain('dashboard.get'),
  calendar: command('calendar.view'),
  month: command('calendar.month'),
  undo: command('act.undo'),

  session: command('session.get'),
  check: command('session.check'),
  freeDays: command('session.free_days'),
  previewSeries: command('session.preview_series'),
  book: command('session.book'),
  cancel: command('session.cancel'),
  restore: command('session.restore'),
  reschedule: command('session.reschedule'),
  modifyDuration: command('session.modify_duration'),
  noShow: command('session.no_show'),
  undoNoShow: command('session.undo_no_show'),
  confirm: command('session.confirm'),
  remark: command('session.remark'),
  remind: command('session.remind'),
  toldPersonally: command('told.personally'),
  closeRefused: command('refused.close'),

  clients: command('client.list'),
  client: command('client.get'),
  saveClient: command('client.save'),
  call: command('phone.call'),

  view: plain('view.get'),
  saveView: command('view.save'),
  clinic: plain('clinic.get'),
  saveClinic: command('clinic.save'),
  saveRoom: command('room.save'),
  saveService: command('service.save'),
  saveTherapist: command('therapist.save'),
  members: plain('member.list'),
  saveMember: command('member.save'),
  standMember: command('member.stand'),
  reassignClients: command('member.reassign'),
  memberAccess: plain('member.access'),
  inviteMember: command('member.invite'),
  resetMember: command('member.reset'),
  savePlan: command('plan.save'),
  hours: plain('hours.get'),
  setHours: command('hours.set'),
  addTimeOff: command('time_off.add'),
  removeTimeOff: command('time_off.remove'),

  invoices: command('invoice.list'),
  invoice: command('invoice.get'),
  draftInvoice: command('invoice.draft'),
  issueInvoice: command('invoice.issue'),
  payInvoice: command('invoice.pay'),
  takeBackPayment: command('invoice.take_back'),
  voidInvoice: command('invoice.void'),
  sendInvoice: command('invoice.send'),

  notices: command('notice.list'),
  retryNotice: command('notice.retry'),
  dropNotice: command('notice.drop'),
  noticeText: command('notice.text'),
  chooseNotices: command('notice.choose'),
  preview: command('notice.preview'),
  openWhatsapp: command('notice.open_whatsapp'),
  recordWhatsapp: command('notice.record_whatsapp'),

  mail: plain('mail.get'),
  mailPresets: plain('mail.presets'),
  saveMail: command('mail.save'),
  retryMail: command('mail.retry'),
  testMail: command('mail.test'),
  backup: plain('backup.get'),
  chooseBackup: command('backup.choose'),
  backupNow: plain('backup.now'),
  chooseDevice: command('device.choose'),
  lock: plain('lock.now'),
  setPin: command('lock.set_pin'),
  unlock: command('lock.unlock'),

  defaults: command('setup.defaults'),
  create: command('setup.create'),
  demo: plain('setup.demo'),
  discardDemo: plain('setup.discard_demo'),
  confirmRecovery: command('setup.confirm_recovery'),
  saveRecovery: command('setup.save_recovery'),
  printRecovery: plain('setup.print_recovery'),
  restoreBackup: command('setup.restore'),
  openWithRecovery: command('setup.open_with_recovery'),
  makeReplica: plain('setup.make_replica'),
  retryOpen: plain('setup.retry'),

  signIn: command('setup.sign_in'),
  acceptInvite: command('setup.accept_invite'),
  account: plain('account.get'),
  signInAgain: command('account.sign_in_again'),
  signOut: command('account.sign_out'),
  startOver: plain('account.start_over'),
  computers: plain('computer.list'),
  revokeComputer: command('computer.revoke'),
  secondStep: plain('second_step.get'),
  beginSecondStep: plain('second_step.begin'),
  confirmSecondStep: command('second_step.confirm'),
  saveCodes: command('second_step.save'),
  endSecondStep: command('second_step.off'),
};
