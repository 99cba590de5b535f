/**
 * Everything the screens may ask of the core, by name. The only place where a command's name is written; requests and
 * answers are the types that Rust generates.
 */
import type { Acted } from '../generated/Acted';
import type { AddTimeOffRequest } from '../generated/AddTimeOffRequest';
import type { AppState } from '../generated/AppState';
import type { BackupView } from '../generated/BackupView';
import type { Booked } from '../generated/Booked';
import type { BookRequest } from '../generated/BookRequest';
import type { CalendarRequest } from '../generated/CalendarRequest';
import type { CalendarView } from '../generated/CalendarView';
import type { CancelRequest } from '../generated/CancelRequest';
import type { CheckAnswer } from '../generated/CheckAnswer';
import type { CheckRequest } from '../generated/CheckRequest';
import type { ChooseRequest } from '../generated/ChooseRequest';
import type { ClientDetail } from '../generated/ClientDetail';
import type { ClientRow } from '../generated/ClientRow';
import type { ClientsRequest } from '../generated/ClientsRequest';
import type { ClinicView } from '../generated/ClinicView';
import type { ConfirmRecoveryRequest } from '../generated/ConfirmRecoveryRequest';
import type { ConfirmRequest } from '../generated/ConfirmRequest';
import type { CreateRequest } from '../generated/CreateRequest';
import type { DashboardView } from '../generated/DashboardView';
import type { Defaults } from '../generated/Defaults';
import type { DefaultsRequest } from '../generated/DefaultsRequest';
import type { DeviceSettings } from '../generated/DeviceSettings';
import type { DraftRequest } from '../generated/DraftRequest';
import type { HoursView } from '../generated/HoursView';
import type { InvoiceDetail } from '../generated/InvoiceDetail';
import type { InvoicesRequest } from '../generated/InvoicesRequest';
import type { InvoicesView } from '../generated/InvoicesView';
import type { MailRequest } from '../generated/MailRequest';
import type { MailTested } from '../generated/MailTested';
import type { MailView } from '../generated/MailView';
import type { ModifyDurationRequest } from '../generated/ModifyDurationRequest';
import type { NoShowRequest } from '../generated/NoShowRequest';
import type { NoticesRequest } from '../generated/NoticesRequest';
import type { NoticesView } from '../generated/NoticesView';
import type { NoticeText } from '../generated/NoticeText';
import type { Occurrence } from '../generated/Occurrence';
import type { PayRequest } from '../generated/PayRequest';
import type { PinAnswer } from '../generated/PinAnswer';
import type { PreviewRequest } from '../generated/PreviewRequest';
import type { RecoveryAnswer } from '../generated/RecoveryAnswer';
import type { RemarkRequest } from '../generated/RemarkRequest';
import type { RemindRequest } from '../generated/RemindRequest';
import type { RescheduleRequest } from '../generated/RescheduleRequest';
import type { RestoreAnswer } from '../generated/RestoreAnswer';
import type { RestoreBackupRequest } from '../generated/RestoreBackupRequest';
import type { RestoreRequest } from '../generated/RestoreRequest';
import type { SavedClient } from '../generated/SavedClient';
import type { SaveClientRequest } from '../generated/SaveClientRequest';
import type { SaveClinicRequest } from '../generated/SaveClinicRequest';
import type { SaveRoomRequest } from '../generated/SaveRoomRequest';
import type { SaveServiceRequest } from '../generated/SaveServiceRequest';
import type { SaveTherapistRequest } from '../generated/SaveTherapistRequest';
import type { SendRequest } from '../generated/SendRequest';
import type { SeriesRequest } from '../generated/SeriesRequest';
import type { SessionDetail } from '../generated/SessionDetail';
import type { SetHoursRequest } from '../generated/SetHoursRequest';
import type { SetPinRequest } from '../generated/SetPinRequest';
import type { SidebarView } from '../generated/SidebarView';
import type { Undone } from '../generated/Undone';
import type { UndoRequest } from '../generated/UndoRequest';
import type { WhatsappOpened } from '../generated/WhatsappOpened';
import type { WhatsappRequest } from '../generated/WhatsappRequest';
import { call } from './core.svelte';

type Nothing = Record<string, never>;

/** Names a command once, with what it takes and what it gives. The answer's shape is the core's promise. */
function command<Request, Answer>(name: string): (request: Request) => Promise<Answer> {
  return (request) => call(name, request) as Promise<Answer>;
}

/** A command that takes nothing. */
function plain<Answer>(name: string): () => Promise<Answer> {
  return () => call(name, {}) as Promise<Answer>;
}

export const api = {
  appState: plain<AppState>('app.state'),
  sidebar: plain<SidebarView>('sidebar.get'),
  dashboard: plain<DashboardView>('dashboard.get'),
  calendar: command<CalendarRequest, CalendarView>('calendar.view'),
  undo: command<UndoRequest, Undone>('act.undo'),

  session: command<{ session: string }, SessionDetail>('session.get'),
  check: command<CheckRequest, CheckAnswer>('session.check'),
  previewSeries: command<SeriesRequest, Occurrence[]>('session.preview_series'),
  book: command<BookRequest, Booked>('session.book'),
  cancel: command<CancelRequest, Acted>('session.cancel'),
  restore: command<RestoreRequest, Acted>('session.restore'),
  reschedule: command<RescheduleRequest, Acted>('session.reschedule'),
  modifyDuration: command<ModifyDurationRequest, Acted>('session.modify_duration'),
  noShow: command<NoShowRequest, Acted>('session.no_show'),
  undoNoShow: command<{ session: string }, Acted>('session.undo_no_show'),
  confirm: command<ConfirmRequest, Acted>('session.confirm'),
  remark: command<RemarkRequest, Acted>('session.remark'),
  remind: command<RemindRequest, Acted>('session.remind'),
  toldPersonally: command<{ session: string }, Acted>('told.personally'),
  closeRefused: command<{ intent: string }, Nothing>('refused.close'),

  clients: command<ClientsRequest, ClientRow[]>('client.list'),
  client: command<{ client: string }, ClientDetail>('client.get'),
  saveClient: command<SaveClientRequest, SavedClient>('client.save'),

  clinic: plain<ClinicView>('clinic.get'),
  saveClinic: command<SaveClinicRequest, Acted>('clinic.save'),
  saveRoom: command<SaveRoomRequest, Acted>('room.save'),
  saveService: command<SaveServiceRequest, Acted>('service.save'),
  saveTherapist: command<SaveTherapistRequest, Acted>('therapist.save'),
  hours: plain<HoursView>('hours.get'),
  setHours: command<SetHoursRequest, Acted>('hours.set'),
  addTimeOff: command<AddTimeOffRequest, Acted>('time_off.add'),
  removeTimeOff: command<{ time_off: string }, Acted>('time_off.remove'),

  invoices: command<InvoicesRequest, InvoicesView>('invoice.list'),
  invoice: command<{ invoice: string }, InvoiceDetail>('invoice.get'),
  draftInvoice: command<DraftRequest, Acted>('invoice.draft'),
  issueInvoice: command<{ invoice: string }, Acted>('invoice.issue'),
  payInvoice: command<PayRequest, Acted>('invoice.pay'),
  voidInvoice: command<{ invoice: string }, Acted>('invoice.void'),
  sendInvoice: command<SendRequest, Acted>('invoice.send'),

  notices: command<NoticesRequest, NoticesView>('notice.list'),
  retryNotice: command<{ notice: string }, Acted>('notice.retry'),
  dropNotice: command<{ notice: string }, Acted>('notice.drop'),
  noticeText: command<{ notice: string }, NoticeText>('notice.text'),
  chooseNotices: command<ChooseRequest, Nothing>('notice.choose'),
  preview: command<PreviewRequest, NoticeText>('notice.preview'),
  openWhatsapp: command<{ notice: string }, WhatsappOpened>('notice.open_whatsapp'),
  recordWhatsapp: command<WhatsappRequest, Acted>('notice.record_whatsapp'),

  mail: plain<MailView | null>('mail.get'),
  saveMail: command<MailRequest, Nothing>('mail.save'),
  testMail: command<MailRequest, MailTested>('mail.test'),
  backup: plain<BackupView>('backup.get'),
  chooseBackup: plain<BackupView>('backup.choose'),
  backupNow: plain<BackupView>('backup.now'),
  saveDevice: command<DeviceSettings, Nothing>('device.save'),
  lock: plain<Nothing>('lock.now'),
  setPin: command<SetPinRequest, PinAnswer>('lock.set_pin'),
  unlock: command<{ pin: string }, PinAnswer>('lock.unlock'),

  defaults: command<DefaultsRequest, Defaults>('setup.defaults'),
  create: command<CreateRequest, AppState>('setup.create'),
  demo: plain<AppState>('setup.demo'),
  confirmRecovery: command<ConfirmRecoveryRequest, RecoveryAnswer>('setup.confirm_recovery'),
  saveRecovery: plain<Nothing>('setup.save_recovery'),
  printRecovery: plain<Nothing>('setup.print_recovery'),
  restoreBackup: command<RestoreBackupRequest, RestoreAnswer>('setup.restore'),
  openWithRecovery: command<RestoreBackupRequest, RecoveryAnswer>('setup.open_with_recovery'),
  retryOpen: plain<AppState>('setup.retry'),
};
